import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import type { MetaModelRecord } from '../meta/registry.js';
import { EvaluationSchema } from './evaluation-schema.js';
import { OPERATOR_ONLY } from './operator-only.js';
import { closed, named, isoTimeText, ModelParameter, nullableTime, replies } from './schemas.js';
import type { Services } from './services.js';

const MetaModel = named('MetaModel', closed(
  {
    version: Type.Integer({ description: 'Version of the meta-model.' }),
    base_version: Type.String({ description: 'Version of the base model that it belongs to.' }),
    state: Type.String({ enum: ['candidate', 'champion', 'retired'], description: 'State.' }),
    created_at: isoTimeText('When it was trained.'),
    promoted_at: nullableTime('When it last became champion.'),
    reason: Type.String({ description: 'Why it is where it is.' }),
    metrics: Type.Unsafe<unknown>({ anyOf: [EvaluationSchema, { type: 'null' }], description: 'How it was judged before it went live.' }),
    training: closed(
      {
        rows: Type.Integer({ description: 'Labelled rows; 0: label-free, it learnt from predictions alone.' }),
        failures: Type.Integer({ description: 'Failures among them.' }),
        unlabelled_rows: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Predictions without a ground truth that it learnt from; null where an older release has not told.' }),
        from: isoTimeText('Oldest row.'),
        to: isoTimeText('Newest row.'),
      },
      'What it was trained on.',
    ),
  },
  'A meta-model.',
));

function toReply(record: MetaModelRecord) {
  const { rows, failures, unlabelledRows = null, from, to } = record.training;
  return {
    version: record.version,
    base_version: String(record.key.version),
    state: record.state,
    created_at: isoTime(record.createdAt),
    promoted_at: record.promotedAt === null ? null : isoTime(record.promotedAt),
    reason: record.reason,
    metrics: record.metrics,
    training: { rows, failures, unlabelled_rows: unlabelledRows, from: isoTime(from), to: isoTime(to) },
  };
}

const VersionParameters = closed(
  { ...ModelParameter.properties, version: Type.Integer({ minimum: 1, description: 'Version of the meta-model.' }) },
  'Path parameters.',
);

/** GET /v1/models/{model}/meta-models and POST .../{version}/promote. */
export function metaModelRoutes({ retraining }: Pick<Services, 'retraining'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/models/:model/meta-models',
      {
        schema: {
          operationId: 'listMetaModels',
          tags: ['models'],
          summary: 'The meta-models of a model, newest first',
          params: ModelParameter,
          response: replies(200, named('MetaModelList', closed({ meta_models: Type.Array(MetaModel, { description: 'Newest first.' }) }, 'The meta-models.')), 400, 404, 503),
        },
      },
      async (request) => ({ meta_models: (await retraining.metaModels(request.params.model)).map(toReply) }),
    );
    app.post(
      '/v1/models/:model/meta-models/:version/promote',
      {
        schema: {
          operationId: 'promoteMetaModel',
          tags: ['models'],
          summary: 'Make a meta-model the champion, also an older one (roll back)',
          params: VersionParameters,
          response: replies(200, MetaModel, 400, 401, 404, 409, 413, 415, 503),
          ...OPERATOR_ONLY,
        },
      },
      async (request) => toReply(await retraining.promote(request.params.model, request.params.version)),
    );
  };
}
