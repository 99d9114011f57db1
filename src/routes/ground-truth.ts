import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { closed, isoTimeText, replies } from './schemas.js';
import type { Services } from './services.js';

const MAX_ITEMS = 100_000;

const Item = closed(
  {
    prediction_id: Type.String({ minLength: 1, maxLength: 200, description: 'The prediction_id of the reply.' }),
    row: Type.Optional(Type.Integer({ minimum: 0, maximum: 2147483647, description: 'Row of the prediction; may be omitted when the request had one row.' })),
    label: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()], { description: 'The true label; 9 and "9" are the same.' })),
    value: Type.Optional(Type.Number({ description: 'The true value of a regression.' })),
    correct: Type.Optional(Type.Boolean({ description: 'Only whether the prediction was right.' })),
    observed_at: Type.Optional(isoTimeText('When it became known; the newest counts. Time of receipt when omitted.')),
    source: Type.Optional(Type.String({ maxLength: 200, description: 'Where it comes from, for the history.' })),
  },
  'Exactly one of label, value and correct.',
);

const Body = closed({ items: Type.Array(Item, { minItems: 1, maxItems: MAX_ITEMS, description: 'Ground truths.' }) }, 'Ground truths of any models.');

const Reply = closed(
  {
    results: Type.Array(
      closed(
        {
          status: Type.String({ enum: ['matched', 'duplicate', 'conflict', 'pending', 'invalid'], description: 'What became of the item.' }),
          reason: Type.Optional(Type.String({ description: 'Why an item is invalid.' })),
        },
        'Result of one item.',
      ),
      { description: 'In the order of the items.' },
    ),
    counts: Type.Record(Type.String(), Type.Integer(), { description: 'Items by status.' }),
  },
  'Sent when all that is acknowledged is durable.',
);

/** POST /v1/ground-truth. */
export function groundTruthRoutes({ groundTruth }: Pick<Services, 'groundTruth'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/ground-truth',
      {
        schema: {
          operationId: 'submitGroundTruth',
          tags: ['ground truth'],
          summary: 'Deliver ground truths by prediction id',
          description: 'Acknowledged only when durable. A ground truth may come before its prediction is in the ledger (pending) and may be repeated.',
          body: Body,
          response: replies(200, Reply, 400, 413, 415, 503),
        },
      },
      async (request) => {
        const results = await groundTruth.submit(request.body.items);
        const counts: Record<string, number> = {};
        for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
        return { results, counts };
      },
    );
  };
}
