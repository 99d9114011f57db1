import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { MetaErrError } from '../core/errors.js';
import { BALANCES, type Balance, type SetBound } from '../jobs/pseudo-labels/contracts.js';
import { closingSignal } from './closing-signal.js';
import { lineReplies, sendLines } from './line-replies.js';
import { pseudoLabelLines } from './pseudo-label-lines.js';
import { closed, DateRange, ModelParameter } from './schemas.js';
import type { Services } from './services.js';
import { timeRange } from './time-range.js';

const Query = closed(
  {
    max_risk: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'The largest set whose expected share of wrong labels is at most this. One of max_risk and coverage is required.' })),
    coverage: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'The least risky share of the unlabelled predictions.' })),
    balance: Type.Unsafe<Balance>({
      type: 'string',
      enum: [...BALANCES],
      default: 'none',
      description: '`none`: the least risky predictions, whatever their labels; `equal`: of each label its least risky ones, as many as of any other, or all it has; `stream`: of each label the same share.',
    }),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: 'Most predictions of the set; no bound when omitted.' })),
    ...DateRange,
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the base model; all of them when omitted.' })),
    meta_version: Type.Optional(Type.Integer({ minimum: 0, description: 'Only predictions that this meta-model answered; all when omitted.' })),
    cold_start: Type.Optional(Type.Boolean({ description: 'True: also predictions of the cold start and of label-free meta-models, whose failure probability no ground truth has calibrated.' })),
  },
  'Bound, balance and restrictions.',
);

const RESPONSES = lineReplies({
  description: 'The set, its predictions, and what they came to.',
  headers: {
    'x-pseudo-label-rows': { schema: Type.Integer({ description: 'Predictions of the set.' }) },
    'x-pseudo-label-expected-noise': { schema: Type.Number({ description: 'Expected share of wrong labels among them; absent where there are none.' }) },
  },
  lines: {
    description:
      'One JSON object a line. The first is {"set": {candidates, cold_start_left_out, rows, expected_noise (mean failure probability), most_risk (no prediction of the set is riskier), observed_noise (of labelled predictions that are no riskier: labelled, failures, rate, exact 95 % interval; null without any)}}. Then one a prediction: prediction_id, row, version, meta_version, created_at, label, failure_probability and inputs (null where the policy does not keep them). The last is {"end": {rows, expected_noise, labels (predictions by label)}}: what was handed out; a reply without it broke off.',
    examples: [
      '{"set":{"candidates":5000,"cold_start_left_out":0,"rows":1,"expected_noise":0.004,"most_risk":0.0041,"observed_noise":{"labelled":210,"failures":1,"rate":0.004761905,"interval":[0.0001205519,0.02623732]}}}\n{"prediction_id":"KGBX99_01HF7YAT000000000000000003","row":0,"version":"1","meta_version":2,"created_at":"2026-03-01T12:00:00.000Z","label":"cat","failure_probability":0.004,"inputs":{"x":[0.1,0.2]}}\n{"end":{"rows":1,"expected_noise":0.004,"labels":{"cat":1}}}\n',
    ],
  },
});

const SCHEMA = {
  operationId: 'pseudoLabels',
  tags: ['predictions'],
  summary: 'Unlabelled predictions whose labels can be trusted, as NDJSON',
  description: 'In order of created_at, then prediction_id, then row. docs/pseudo-labels.md says what the expected share of wrong labels means and when it can be relied on.',
  params: ModelParameter,
  querystring: Query,
  response: RESPONSES,
};

function boundOf(maxRisk: number | undefined, coverage: number | undefined): SetBound {
  if (maxRisk !== undefined && coverage === undefined) return { maxRisk };
  if (coverage !== undefined && maxRisk === undefined) return { coverage };
  const found = maxRisk === undefined ? 'neither' : 'both';
  throw new MetaErrError('INVALID_REQUEST', `querystring field max_risk: expected one of max_risk and coverage, got ${found}`, { field: 'max_risk' });
}

/** GET /v1/models/{model}/pseudo-labels. */
export function pseudoLabelRoutes({ pseudoLabels }: Pick<Services, 'pseudoLabels'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    const closing = closingSignal(app);
    // A HEAD request would read all of the ledger for nothing.
    app.get('/v1/models/:model/pseudo-labels', { schema: SCHEMA, exposeHeadRoute: false }, async (request, reply) => {
      const { max_risk: maxRisk, coverage, balance, limit = null, version = null, meta_version: metaVersion = null, cold_start: coldStart = false } = request.query;
      const query = { model: request.params.model, version, metaVersion, coldStart, balance, limit, bound: boundOf(maxRisk, coverage), ...timeRange(request.query) };
      const found = await pseudoLabels.open(query, AbortSignal.any([request.signal, closing]));
      const { rows, expectedNoise } = found.set;
      void reply.header('x-pseudo-label-rows', rows);
      if (expectedNoise !== null) void reply.header('x-pseudo-label-expected-noise', expectedNoise);
      return sendLines(reply, pseudoLabelLines(found), closing);
    });
  };
}
