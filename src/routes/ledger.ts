import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { closingSignal } from './closing-signal.js';
import { ledgerLines } from './ledger-lines.js';
import { lineReplies, sendLines } from './line-replies.js';
import { closed, DateRange, ModelParameter } from './schemas.js';
import type { Services } from './services.js';
import { timeRange } from './time-range.js';

const Query = closed(
  {
    ...DateRange,
    labelled: Type.Optional(Type.Boolean({ description: 'True: only predictions with a ground truth; false: only those without; all when omitted.' })),
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the base model; all of them when omitted, also those that no longer serve.' })),
    features: Type.Optional(Type.Boolean({ description: 'Whether the lines have feature_schema and features.' })),
  },
  'Restrictions.',
);

const RESPONSES = lineReplies({
  description: 'One prediction a line.',
  lines: {
    description:
      'One JSON object a line: prediction_id, row, version, meta_version, metaerr_status, created_at, label, value, confidence, failure_probability, decision, audit, choice_probability (null where it is not known), failure (null without a ground truth), ground_truth (null, or kind, value and observed_at of the one that counts), with features=true feature_schema and features, and inputs (null where the policy does not keep them).',
    examples: [
      '{"prediction_id":"KGBX99_01HF7YAT000000000000000003","row":0,"version":"1","meta_version":2,"metaerr_status":"ok","created_at":"2026-03-01T12:00:00.000Z","label":"cat","value":null,"confidence":0.93,"failure_probability":0.04,"decision":"accept","audit":false,"choice_probability":null,"failure":false,"ground_truth":{"kind":"label","value":"cat","observed_at":"2026-03-02T08:00:00.000Z"},"inputs":null}\n',
    ],
  },
});

const SCHEMA = {
  operationId: 'exportLedger',
  tags: ['models'],
  summary: 'The predictions of a model with what became known of them, as NDJSON',
  description:
    'In order of created_at, then prediction_id, then row. Predictions that are made meanwhile may be missing. A transfer that ends early is broken off: a reply that ends as it should is whole.',
  params: ModelParameter,
  querystring: Query,
  response: RESPONSES,
};

async function* following(first: string, texts: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* texts;
}

/** GET /v1/models/{model}/ledger. */
export function ledgerRoutes({ ledgerExport }: Pick<Services, 'ledgerExport'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    const closing = closingSignal(app);
    // A HEAD request would read all of it for nothing.
    app.get('/v1/models/:model/ledger', { schema: SCHEMA, exposeHeadRoute: false }, async (request, reply) => {
      const { labelled = null, version = null, features = false } = request.query;
      const batches = await ledgerExport.open({ model: request.params.model, version, labelled, features, inputs: true, ...timeRange(request.query) });
      const texts = ledgerLines(batches, features);
      // A ledger that cannot be read is told as an error, not by a reply that breaks off.
      const first = await texts.next();
      return sendLines(reply, first.done === true ? [] : following(first.value, texts), closing);
    });
  };
}
