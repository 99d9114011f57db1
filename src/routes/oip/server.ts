import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { notReady } from '../../inference/not-ready.js';
import { serverMetadata } from '../../inference/oip/documents/server-metadata.js';
import { closed, named } from '../schemas.js';
import type { Services } from '../services.js';
import { oipReplies, TAG } from './schemas.js';

const Metadata = named('OipServerMetadata', closed(
  {
    name: Type.String({ description: 'Name of the server.' }),
    version: Type.String({ description: 'Release of the server.' }),
    extensions: Type.Array(Type.String(), { description: 'Extensions of the protocol that it speaks.' }),
  },
  'The server.',
));
const Live = named('OipServerLive', closed({ live: Type.Boolean({ description: 'The process answers.' }) }, 'Liveness.'));
const Ready = named('OipServerReady', closed({ ready: Type.Boolean({ description: 'The first load of every model has ended, the server is not closing, and of the models that are loaded at least one can predict.' }) }, 'Readiness.'));
const Models = named('OipModels', closed({ models: Type.Array(Type.String(), { description: 'Names of the models.' }) }, 'The models.'));

/** GET /v2, /v2/health/live, /v2/health/ready and /v2/models. */
export function oipServerRoutes({ catalogue }: Pick<Services, 'catalogue'>, release: string): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/v2',
      { schema: { operationId: 'oipServerMetadata', tags: [TAG], summary: 'Name, version and extensions of the server', response: oipReplies(Metadata, 503) } },
      async () => serverMetadata(release),
    );
    app.get(
      '/v2/health/live',
      { schema: { operationId: 'oipServerLive', tags: [TAG], summary: 'Liveness', response: oipReplies(Live) } },
      async () => ({ live: true }),
    );
    app.get(
      '/v2/health/ready',
      { schema: { operationId: 'oipServerReady', tags: [TAG], summary: 'Readiness', response: oipReplies(Ready, 503) } },
      async () => {
        const reason = notReady(catalogue);
        if (reason !== null) throw reason;
        return { ready: true };
      },
    );
    app.get(
      '/v2/models',
      { schema: { operationId: 'oipModels', tags: [TAG], summary: 'The models by name', response: oipReplies(Models, 503) } },
      async () => ({ models: catalogue.list().map(({ name }) => name) }),
    );
  };
}
