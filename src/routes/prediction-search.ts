import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { FoundPrediction, SearchResult } from '../jobs/search/contracts.js';
import { SEARCH_ORDERS, type SearchOrder } from '../jobs/search/order.js';
import { ANSWERED_BY, ANSWERED_FIELDS, answeredRow } from './answered-fields.js';
import { closed, DateRange, isoTimeText, ModelParameter, named, nullableText, replies } from './schemas.js';
import { cursorText, readCursor } from './search-cursor.js';
import { Searched, searchedReply } from './searched.js';
import type { Services } from './services.js';
import { timeRange } from './time-range.js';

const DEFAULT_LIMIT = 100;
const MOST = 1_000;

const GroundTruth = named('CurrentGroundTruth', closed(
  {
    kind: Type.String({ enum: ['label', 'value', 'correct'], description: 'What was given.' }),
    value: Type.String({ description: 'As text.' }),
    observed_at: isoTimeText('When it became known.'),
  },
  'The ground truth that counts.',
));

const Found = named('FoundPrediction', closed(
  {
    prediction_id: Type.String({ description: 'Id of the reply; ground truth names it, with the row.' }),
    row: Type.Integer({ description: 'Row of the request.' }),
    ...ANSWERED_BY,
    created_at: isoTimeText('When it was predicted.'),
    ...ANSWERED_FIELDS,
    ground_truth: Type.Unsafe<unknown>({ anyOf: [GroundTruth, { type: 'null' }], description: 'The ground truth that counts; null while none is known.' }),
    explored: Type.Boolean({ description: 'Whether it was chosen regardless of the order.' }),
    inputs: Type.Unsafe<unknown>({ description: 'The raw inputs, where the policy keeps them; else null.' }),
  },
  'A prediction and what became known of it.',
));

const Reply = named('PredictionList', closed(
  {
    model: Type.String({ description: 'Model.' }),
    predictions: Type.Array(Found, { description: 'In the order asked for.' }),
    next_cursor: nullableText('Where the next page begins; null on the last one.'),
    searched: Searched,
  },
  'Predictions in an order.',
));

const Query = closed(
  {
    order: Type.Unsafe<SearchOrder>({
      type: 'string',
      enum: [...SEARCH_ORDERS],
      default: 'time',
      description: '`time`: newest first; `risk`: largest failure probability first; `uncertainty`: failure probability nearest to one half first, those whose ground truth tells most. The last two have only predictions with a failure probability.',
    }),
    labelled: Type.Optional(Type.Boolean({ description: 'True: only predictions with a ground truth; false: only those without; all when omitted.' })),
    ...DateRange,
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'Version of the base model; all of them when omitted.' })),
    exploration: Type.Number({ minimum: 0, maximum: 1, default: 0, description: 'Only with `order=uncertainty`: so large a share of the first page is chosen regardless of it, audited predictions first, then a uniform sample of all that were searched; they come last, as `explored`, and `choice_probability` says with which probability a sampled one was chosen (docs/labels.md).' }),
    limit: Type.Integer({ minimum: 1, maximum: MOST, default: DEFAULT_LIMIT, description: 'Most predictions of a page.' }),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000, description: 'next_cursor of the page before; the other parameters stay as they were.' })),
  },
  'Order and restrictions.',
);

const SCHEMA = {
  operationId: 'listPredictions',
  tags: ['predictions'],
  summary: 'Predictions by time, by risk, or by how much their ground truth would tell',
  description: 'Orders `risk` and `uncertainty` look at the newest 100,000 predictions or a little more; `searched` says how far back that was. Predictions that come while pages are read move nothing. Predictions made in the last moments may be missing.',
  params: ModelParameter,
  querystring: Query,
  response: replies(200, Reply, 400, 404, 503),
};

function toReply(found: FoundPrediction) {
  return { ...answeredRow(found), explored: found.explored, inputs: found.inputs === null ? null : (JSON.parse(found.inputs) as unknown) };
}

function toList(model: string, order: SearchOrder, { predictions, next, searched }: SearchResult) {
  return {
    model,
    predictions: predictions.map(toReply),
    next_cursor: next === null ? null : cursorText(order, next),
    searched: searchedReply(searched),
  };
}

/** GET /v1/models/{model}/predictions. */
export function predictionSearchRoutes({ predictionSearch }: Pick<Services, 'predictionSearch'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/v1/models/:model/predictions', { schema: SCHEMA }, async (request) => {
      const { model } = request.params;
      const { order, labelled = null, version = null, limit, exploration, cursor } = request.query;
      const result = await predictionSearch.search({
        model, version, order, labelled, limit, exploration, ...timeRange(request.query), cursor: cursor === undefined ? null : readCursor(order, cursor),
      });
      return toList(model, order, result);
    });
  };
}
