import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import { MetaErrError } from '../core/errors.js';
import { choiceProbability } from '../ledger/choice.js';
import type { PredictionRecord } from '../ledger/ledger.js';
import { ANSWERED_BY, ANSWERED_FIELDS } from './answered-fields.js';
import { closed, isoTimeText, lookedUp, named, nullableText, replies } from './schemas.js';
import type { Services } from './services.js';

const GroundTruth = named('GroundTruthRecord', closed(
  {
    kind: Type.String({ enum: ['label', 'value', 'correct'], description: 'What was given.' }),
    value: Type.String({ description: 'As text.' }),
    observed_at: isoTimeText('When it became known.'),
    received_at: isoTimeText('When the service got it.'),
    source: nullableText('As given.'),
    current: Type.Boolean({ description: 'Whether this is the one that counts.' }),
  },
  'One ground truth of the history.',
));

const Row = named('PredictionRecord', closed(
  {
    row: Type.Integer({ description: 'Row of the request.' }),
    ...ANSWERED_FIELDS,
    inputs: Type.Unsafe<unknown>({ description: 'The raw inputs, where the policy keeps them; else null.' }),
    ground_truths: Type.Array(GroundTruth, { description: 'Every ground truth received, oldest receipt first.' }),
  },
  'One prediction.',
));

const Reply = named('PredictionHistory', closed(
  {
    prediction_id: Type.String({ description: 'Id of the reply.' }),
    model: Type.String({ description: 'Model.' }),
    ...ANSWERED_BY,
    created_at: isoTimeText('When it was predicted.'),
    predictions: Type.Array(Row, { description: 'The rows of the request.' }),
  },
  'What was answered and what became known.',
));

function toRow(record: PredictionRecord) {
  return {
    row: record.row,
    label: record.label,
    value: record.value,
    confidence: record.confidence,
    failure_probability: record.failureProbability,
    decision: record.review ? 'review' : 'accept',
    audit: record.audit,
    choice_probability: choiceProbability(record.choice),
    failure: record.failure,
    inputs: record.inputs === null ? null : (JSON.parse(record.inputs) as unknown),
    ground_truths: record.groundTruths.map((truth) => ({
      kind: truth.kind,
      value: truth.value,
      observed_at: isoTime(truth.observedAt),
      received_at: isoTime(truth.receivedAt),
      source: truth.source,
      current: truth.current,
    })),
  };
}

/** GET /v1/predictions/{prediction_id}. */
export function predictionRoutes({ ledger }: Pick<Services, 'ledger'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/predictions/:prediction_id',
      {
        schema: {
          operationId: 'getPrediction',
          tags: ['predictions'],
          summary: 'What was answered, with versions, and the history of its ground truths',
          params: closed({ prediction_id: lookedUp('Id of the reply.') }, 'Path parameters.'),
          response: replies(200, Reply, 400, 404, 503),
        },
      },
      async (request) => {
        const id = request.params.prediction_id;
        const records = await ledger.prediction(id);
        const [first] = records;
        if (first === undefined) throw new MetaErrError('PREDICTION_NOT_FOUND', `The ledger has no prediction ${id}.`, { field: 'prediction_id' });
        return {
          prediction_id: id,
          model: first.key.model,
          version: String(first.key.version),
          meta_version: first.metaVersion,
          metaerr_status: first.status,
          created_at: isoTime(first.createdAt),
          predictions: records.map(toRow),
        };
      },
    );
  };
}
