import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { ModelView } from '../inference/contracts.js';
import { picturesOf } from '../inference/pictures.js';
import { shownConfig } from '../inference/shown-config.js';
import { closed, ModelParameter, named, nullableText, replies } from './schemas.js';
import type { Services } from './services.js';
import { shownFeatures } from './shown-features.js';

const nullableInteger = (description: string) => Type.Unsafe<number | null>({ type: ['integer', 'null'], description });

const TensorSchema = named('TensorInfo', closed(
  {
    name: Type.String({ description: 'Name of the tensor.' }),
    type: Type.String({ description: 'Type of its values.' }),
    dims: Type.Array(Type.Unsafe<number | null>({ type: ['integer', 'null'] }), { description: 'Dimensions; null is variable.' }),
  },
  'An input or output.',
));

const Model = named('Model', closed(
  {
    name: Type.String({ description: 'Name in the model repository.' }),
    version: nullableText('Version of the base model that serves, or that failed to load.'),
    state: Type.String({ enum: ['loading', 'ready', 'unloading', 'unavailable'], description: 'State of the model.' }),
    reason: nullableText('Why it is unavailable.'),
    meta_version: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Version of the meta-model that serves; 0 is the cold start; null when the model is not loaded.' }),
    label_free: Type.Boolean({ description: 'Whether the meta-model that serves learnt from predictions alone: no ground truth has calibrated it.' }),
    task: nullableText('How its outputs are read.'),
  },
  'A model.',
));

const ModelDetail = named('ModelDetail', closed(
  {
    ...Model.properties,
    digest: nullableText('SHA-256 of the base model file.'),
    execution_provider: nullableText('What runs it.'),
    signature: Type.Unsafe<unknown>({
      anyOf: [
        named('Signature', closed({ inputs: Type.Array(TensorSchema, { description: 'Inputs.' }), outputs: Type.Array(TensorSchema, { description: 'Outputs.' }) }, 'Signature of the model as served.')),
        { type: 'null' },
      ],
      description: 'Signature of the model as served.',
    }),
    features: Type.Unsafe<unknown>({ description: 'How inputs and outputs become the feature vector of the meta-model.' }),
    configuration: Type.Unsafe<unknown>({ description: 'metaerr.yaml, completed.' }),
    pictures: Type.Array(
      named('Picture', closed(
        {
          input: Type.String({ description: 'Name of the input.' }),
          height: nullableInteger('Height; null where each row has its own.'),
          width: nullableInteger('Width; null where each row has its own.'),
          channels: Type.Integer({ description: '1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.' }),
          order: Type.String({ enum: ['CHW', 'HWC'], description: 'Order of the axes in the values of a row.' }),
        },
        'An input whose rows can be shown as pictures.',
      )),
      { description: 'Inputs that are shown as images, by their shape or number of values, or by `pictures` in metaerr.yaml.' },
    ),
    assumptions: Type.Array(Type.String(), { description: 'What the service assumed where metaerr.yaml is silent.' }),
  },
  'A model in full.',
));

function summary(view: ModelView) {
  return {
    name: view.name,
    version: view.version === null ? null : String(view.version),
    state: view.state,
    reason: view.reason,
    meta_version: view.loaded === null ? null : (view.loaded.meta?.version ?? 0),
    label_free: view.loaded?.meta?.labelFree ?? false,
    task: view.loaded?.config.task ?? null,
  };
}

function detail(view: ModelView) {
  const { loaded } = view;
  return {
    ...summary(view),
    digest: loaded?.key.digest ?? null,
    execution_provider: loaded?.base?.executionProvider ?? null,
    signature: loaded?.signature ?? null,
    features: loaded === null ? null : shownFeatures(loaded.features),
    configuration: loaded === null ? null : shownConfig(loaded.config),
    pictures: loaded === null ? [] : [...picturesOf(loaded)],
    assumptions: loaded?.assumptions ?? [],
  };
}

/** GET /v1/models and GET /v1/models/{model}. */
export function modelRoutes({ catalogue }: Pick<Services, 'catalogue'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v1/models',
      {
        schema: {
          operationId: 'listModels',
          tags: ['models'],
          summary: 'The models of the repository and their states',
          response: replies(200, named('ModelList', closed({ models: Type.Array(Model, { description: 'By name.' }) }, 'The models.'))),
        },
      },
      async () => ({ models: catalogue.list().map(summary) }),
    );
    app.get(
      '/v1/models/:model',
      {
        schema: {
          operationId: 'getModel',
          tags: ['models'],
          summary: 'State, signature, configuration, and what was assumed',
          params: ModelParameter,
          response: replies(200, ModelDetail, 400, 404),
        },
      },
      async (request) => detail(catalogue.get(request.params.model)),
    );
  };
}
