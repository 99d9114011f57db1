import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { RequestTrace } from '../core/tracing.js';
import { decodePredictBody } from '../inference/codec/json-request.js';
import { toPredictJson } from '../inference/codec/json-reply.js';
import { clientGone } from './client-gone.js';
import { closed, ModelParameter, named, nullableNumber, replies } from './schemas.js';
import type { Services } from './services.js';

const Body = named('PredictRequest', Type.Unsafe<unknown>({
  description: 'Exactly one of `instances` (rows) and `inputs` (columns).',
  type: 'object',
  properties: {
    instances: { type: 'array', description: 'Rows: a nested array each for a model with one input, or an object of named inputs.', items: {} },
    inputs: { description: 'An object of named nested arrays whose first dimension is the row (an input of a model that has no rows is sent as the model takes it); a bare nested array for a model with one input.' },
  },
  examples: [{ instances: [[5.1, 3.5, 1.4, 0.2]] }, { inputs: { X: [[5.1, 3.5, 1.4, 0.2]] } }],
}));

const Prediction = named('Prediction', closed(
  {
    row: Type.Integer({ description: 'Row of the request.' }),
    label: Type.Optional(Type.String({ description: 'Predicted label, where the task has one.' })),
    confidence: Type.Optional(Type.Number({ description: 'Probability of the predicted class, where the task has one.' })),
    value: Type.Optional(Type.Number({ description: 'Predicted value of a regression.' })),
    failure_probability: nullableNumber('Calibrated probability that this prediction is wrong; null where there is no score.'),
    decision: Type.String({ enum: ['accept', 'review'], description: 'review above the review threshold of the model, and where there is no score.' }),
    audit: Type.Optional(Type.Boolean({ description: 'True where the ground truth of this row is asked for whatever its risk (`audit_share`); absent elsewhere.' })),
    choice_probability: Type.Optional(Type.Number({ description: 'Probability with which this row is chosen to be labelled, where `labelling` says it.' })),
    outputs: Type.Optional(Type.Unsafe<unknown>({ type: 'object', additionalProperties: true, description: 'Outputs of the base model for this row, by name.' })),
  },
  'One prediction.',
));

const Reply = named('PredictReply', closed(
  {
    model: Type.String({ description: 'Model.' }),
    version: Type.String({ description: 'Version of the base model.' }),
    prediction_id: Type.String({ description: 'Id of this reply; with `row` the key for ground truth.' }),
    meta_version: Type.Integer({ description: 'Version of the meta-model; 0 is the cold start.' }),
    metaerr_status: Type.String({ enum: ['ok', 'label_free', 'cold_start', 'degraded'], description: 'How the failure probability came about: from a meta-model (ok), from one that no ground truth has calibrated yet (label_free), from the confidence alone (cold_start), or not as it should (degraded).' }),
    predictions: Type.Array(Prediction, { description: 'One a row, in order.' }),
    outputs: Type.Optional(
      Type.Unsafe<unknown>({ type: 'object', additionalProperties: true, description: 'Outputs of the base model that hold for the request as a whole, by name, where it has any.' }),
    ),
  },
  'Predictions.',
));

export const VersionParameters = closed(
  { ...ModelParameter.properties, version: Type.Integer({ minimum: 1, description: 'Version of the base model.' }) },
  'Path parameters.',
);

export const RESPONSES = replies(200, Reply, 400, 404, 413, 415, 503, 504);

/** What the use-case must know of a request beside its path. */
export interface Asked {
  readonly body: unknown;
  readonly trace: RequestTrace | null;
}

/** POST /v1/models/{model}[/versions/{version}]/predict. */
export function predictRoutes({ predict }: Pick<Services, 'predict'>): FastifyPluginAsyncTypebox {
  const answer = (model: string, version: number | null, { body, trace }: Asked, reply: FastifyReply) =>
    predict.predict({ model, version, trace, read: (loaded) => decodePredictBody(body, loaded), gone: clientGone(reply) }, (answered) => toPredictJson(answered, { outputs: true }));

  return async (app) => {
    app.post(
      '/v1/models/:model/predict',
      { schema: { operationId: 'predict', tags: ['predictions'], summary: 'Predict with the loaded version', params: ModelParameter, body: Body, response: RESPONSES } },
      async (request, reply) => answer(request.params.model, null, request, reply),
    );
    app.post(
      '/v1/models/:model/versions/:version/predict',
      { schema: { operationId: 'predictVersion', tags: ['predictions'], summary: 'Predict with a given version', params: VersionParameters, body: Body, response: RESPONSES } },
      async (request, reply) => answer(request.params.model, request.params.version, request, reply),
    );
  };
}
