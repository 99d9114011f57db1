import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { TSchema } from 'typebox';
import type { LoadedModel } from '../../inference/contracts.js';
import { modelDown, outageOf } from '../../inference/engine-outages.js';
import { loadedModels } from '../../inference/loaded-models.js';
import { modelConfig } from '../../inference/oip/documents/model-config.js';
import { modelMetadata } from '../../inference/oip/documents/model-metadata.js';
import { statisticsDocument } from '../../inference/oip/documents/statistics.js';
import type { Services } from '../services.js';
import { ModelConfig, ModelMetadata, ModelReady, Statistics } from './model-schemas.js';
import { MODEL_AND_VERSION, oipReplies, TAG, type ModelPath } from './schemas.js';

interface Document {
  /** What follows the model or its version in the path. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly reply: TSchema;
  readonly of: (model: LoadedModel) => unknown;
}

/** Throws MODEL_UNAVAILABLE while no instance works. */
function readiness(model: LoadedModel): { name: string; ready: true } {
  const outage = outageOf(model);
  if (outage !== null) throw modelDown(model.key.model, outage);
  return { name: model.key.model, ready: true };
}

function documents({ statistics }: Pick<Services, 'statistics'>): readonly Document[] {
  return [
    { path: '', operationId: 'oipModelMetadata', summary: 'Inputs and outputs', reply: ModelMetadata, of: modelMetadata },
    { path: '/ready', operationId: 'oipModelReady', summary: 'Readiness', reply: ModelReady, of: readiness },
    { path: '/config', operationId: 'oipModelConfig', summary: 'Configuration, with what was assumed', reply: ModelConfig, of: modelConfig },
    {
      path: '/stats',
      operationId: 'oipModelStatistics',
      summary: 'Statistics',
      reply: Statistics,
      of: ({ key }) => statisticsDocument([statistics.statistics(key.model, key.version)]),
    },
  ];
}

/** GET /v2/models/{model}[/versions/{version}] and the same with /ready, /config and /stats; GET /v2/models/stats. */
export function oipModelRoutes(services: Pick<Services, 'catalogue' | 'statistics'>): FastifyPluginAsyncTypebox {
  const { catalogue, statistics } = services;
  return async (app) => {
    for (const document of documents(services)) {
      for (const { path, suffix, params, which } of MODEL_AND_VERSION) {
        app.get<{ Params: ModelPath }>(
          `${path}${document.path}`,
          {
            schema: {
              operationId: `${document.operationId}${suffix}`,
              tags: [TAG],
              summary: `${document.summary} of ${which}`,
              params,
              response: oipReplies(document.reply, 400, 404, 503),
            },
          },
          async ({ params: { model, version } }) => document.of(catalogue.loaded(model, version ?? null)),
        );
      }
    }
    app.get(
      '/v2/models/stats',
      { schema: { operationId: 'oipStatistics', tags: [TAG], summary: 'Statistics of every loaded model', response: oipReplies(Statistics, 503) } },
      async () => statisticsDocument(loadedModels(catalogue).map(({ key }) => statistics.statistics(key.model, key.version))),
    );
  };
}
