import { setMaxListeners } from 'node:events';
import type { FastifyInstance } from 'fastify';

/** Aborted when the app begins to close: long transfers must not hold it up. */
export function closingSignal(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  // One for each transfer under way.
  setMaxListeners(0, closing.signal);
  app.addHook('preClose', async () => closing.abort());
  return closing.signal;
}
