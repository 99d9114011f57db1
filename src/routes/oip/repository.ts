import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { repositoryIndex } from '../../inference/oip/documents/repository-index.js';
import { checkLoadRequest, checkUnloadRequest, readIndexRequest } from '../../inference/oip/documents/repository-request.js';
import { OPERATOR_ONLY } from '../operator-only.js';
import { closed, ModelParameter, named } from '../schemas.js';
import type { Services } from '../services.js';
import { oipReplies, TAG } from './schemas.js';

type RawBody = { readonly Body: Buffer | undefined };
type ModelBody = RawBody & { readonly Params: { readonly model: string } };

const EMPTY = Buffer.alloc(0);

const Index = Type.Array(
  named('OipIndexEntry', closed(
    {
      name: Type.String({ description: 'Name of the model.' }),
      version: Type.String({ description: 'Version; empty where the folder has none.' }),
      state: Type.String({ enum: ['READY', 'UNAVAILABLE', 'LOADING', 'UNLOADING'], description: 'State of this version.' }),
      reason: Type.String({ description: 'Why it is unavailable; empty otherwise.' }),
    },
    'A version of a model.',
  )),
  { description: 'Every version of every model, by name, then version.' },
);
const Done = named('OipDone', closed({}, 'Done.'));

/** A body that may be left out, read as JSON whatever its content type; this is for the document alone. */
const optionalBody = (title: string, description: string, properties: object) =>
  Type.Unsafe<Buffer | undefined>({ content: { 'application/json': { schema: { title, type: 'object', description, properties } } } });

const IndexBody = optionalBody('OipIndexRequest', 'Filter.', { ready: { type: 'boolean', description: 'Only versions that serve.' } });
const LoadBody = optionalBody('OipLoadRequest', 'Load request.', { parameters: { type: 'object', description: 'None is known; a configuration or files sent along are refused.', additionalProperties: false } });
const UnloadBody = optionalBody('OipUnloadRequest', 'Unload request.', {
  parameters: { type: 'object', description: 'unload_dependents changes nothing: no model depends on another.', properties: { unload_dependents: { type: 'boolean', description: 'Ignored.' } } },
});

/** Swagger declares every body as required; see `useOpenapi`. */
const OPTIONAL_BODY = { 'x-optional-body': true } as const;

/** POST /v2/repository/index, /v2/repository/models/{model}/load and /unload. */
export function oipRepositoryRoutes({ repository }: Pick<Services, 'repository'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post<RawBody>(
      '/v2/repository/index',
      {
        schema: {
          operationId: 'oipRepositoryIndex',
          tags: [TAG],
          summary: 'The models of the repository and their states',
          body: IndexBody,
          response: oipReplies(Index, 400, 413, 415, 503),
          ...OPTIONAL_BODY,
        },
      },
      async ({ body }) => {
        const { ready } = readIndexRequest(body ?? EMPTY);
        return repositoryIndex(await repository.index(), ready);
      },
    );
    app.post<ModelBody>(
      '/v2/repository/models/:model/load',
      {
        schema: {
          operationId: 'oipLoadModel',
          tags: [TAG],
          summary: 'Load a model, or load it again beside the version that serves',
          description: 'Answers when the model serves.',
          params: ModelParameter,
          body: LoadBody,
          response: oipReplies(Done, 400, 401, 404, 413, 415, 503),
          ...OPTIONAL_BODY,
          ...OPERATOR_ONLY,
        },
      },
      async ({ params, body }) => {
        checkLoadRequest(body ?? EMPTY);
        await repository.load(params.model);
        return {};
      },
    );
    app.post<ModelBody>(
      '/v2/repository/models/:model/unload',
      {
        schema: {
          operationId: 'oipUnloadModel',
          tags: [TAG],
          summary: 'Take a model out of service',
          description: 'Answers when the requests in progress are answered and the memory is released.',
          params: ModelParameter,
          body: UnloadBody,
          response: oipReplies(Done, 400, 401, 404, 413, 415, 503),
          ...OPTIONAL_BODY,
          ...OPERATOR_ONLY,
        },
      },
      async ({ params, body }) => {
        checkUnloadRequest(body ?? EMPTY);
        await repository.unload(params.model);
        return {};
      },
    );
  };
}
