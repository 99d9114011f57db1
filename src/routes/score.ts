import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { toPredictJson } from '../inference/codec/json-reply.js';
import { decodeScoreBody } from '../inference/codec/score-request.js';
import { clientGone } from './client-gone.js';
import { RESPONSES, VersionParameters, type Asked } from './predict.js';
import { closed, ModelParameter, named } from './schemas.js';
import type { Services } from './services.js';

const Outputs = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: { type: 'array', items: {} },
  description: 'What the model answered: nested arrays by output name, whose first dimension is the row. Every output that the task reads is needed.',
});

const Body = named(
  'ScoreRequest',
  closed(
    {
      outputs: Outputs,
      instances: Type.Optional(
        Type.Array(Type.Unknown(), {
          description:
            'What the model was asked, one a row, as in a predict request; any JSON where metaerr.yaml declares no inputs. Without it the outputs alone are used.',
        }),
      ),
      ids: Type.Optional(
        Type.Array(Type.Unsafe<string | number>({ type: ['string', 'number'] }), { description: 'Your own id of each row; ground truth can name it.' }),
      ),
    },
    'Answers of a model that is served elsewhere.',
  ),
);

const EXAMPLES = [
  { outputs: { probabilities: [[0.7, 0.2, 0.1]] } },
  { instances: [[5.1, 3.5, 1.4, 0.2]], outputs: { probabilities: [[0.7, 0.2, 0.1]] }, ids: ['order-4711'] },
];

const DESCRIPTION = 'For a model of `source: external`. Answers as predict does, without running a base model.';
const SCHEMA = { tags: ['predictions'], description: DESCRIPTION, body: { ...Body, examples: EXAMPLES }, response: RESPONSES };

/** POST /v1/models/{model}[/versions/{version}]/score. */
export function scoreRoutes({ predict }: Pick<Services, 'predict'>): FastifyPluginAsyncTypebox {
  const answer = (model: string, version: number | null, { body, trace }: Asked, reply: FastifyReply) =>
    predict.predict({ model, version, trace, read: (loaded) => decodeScoreBody(body, loaded), gone: clientGone(reply) }, (answered) => toPredictJson(answered, { outputs: true }));

  return async (app) => {
    app.post(
      '/v1/models/:model/score',
      { schema: { ...SCHEMA, operationId: 'score', summary: 'Score outputs that a model served elsewhere gave', params: ModelParameter } },
      async (request, reply) => answer(request.params.model, null, request, reply),
    );
    app.post(
      '/v1/models/:model/versions/:version/score',
      { schema: { ...SCHEMA, operationId: 'scoreVersion', summary: 'Score outputs that a given version of a model served elsewhere gave', params: VersionParameters } },
      async (request, reply) => answer(request.params.model, request.params.version, request, reply),
    );
  };
}
