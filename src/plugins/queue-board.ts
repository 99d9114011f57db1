import { createBullBoard } from '@bull-board/api';
import type { BaseAdapter } from '@bull-board/api/baseAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { pageGuard } from './admin-key.js';

/** The queues that the page shows. */
export interface QueueBoard {
  readonly queues: readonly BaseAdapter[];
  /** What the error of a queue means in words of the catalogue; others stay as they are. */
  translate(thrown: unknown): unknown;
}

const PATH = '/admin/queues';

/** The page loads nothing from elsewhere and stands in no frame. */
const CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

const isErrorBody = (body: unknown): body is ErrorBody => typeof (body as Partial<ErrorBody> | null)?.error?.code === 'string';

/** The page shows `error.key` as the title of an error, and `message` under it; without them its notice is empty. */
function legible(body: unknown): unknown {
  if (!isErrorBody(body)) return body;
  return { ...body, error: { ...body.error, key: body.error.code }, message: body.error.message };
}

/** Bull Board at /admin/queues, guarded by the admin key where there is one. It is no part of the OpenAPI document. */
export async function useQueueBoard(app: FastifyInstance, { queues, translate }: QueueBoard, adminKey: string | null): Promise<void> {
  const server = new FastifyAdapter().setBasePath(PATH);
  createBullBoard({ queues, serverAdapter: server, options: { uiConfig: { boardTitle: 'MetaErr queues', hideDocsLink: true } } });
  // What an error handler throws goes to the one above it: these errors have the form and the numbers of all the others.
  server.setErrorHandler((thrown) => {
    throw translate(thrown);
  });
  await app.register(async (scope) => {
    if (adminKey !== null) scope.addHook('onRequest', pageGuard(adminKey));
    scope.addHook('onRequest', async (_request, reply) => {
      void reply.header('content-security-policy', CONTENT_POLICY);
    });
    scope.addHook('preSerialization', async (_request, _reply, body) => legible(body));
    await scope.register(server.registerPlugin(), { prefix: PATH });
  });
}
