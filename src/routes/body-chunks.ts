import type { Readable } from 'node:stream';
import { MetaErrError, messageOf } from '../core/errors.js';

/**
 * The chunks of a body as they come; the next is taken from the socket when it is asked for. Throws INVALID_REQUEST when the client goes
 * away and SHUTTING_DOWN when the signal is aborted. Behind a reader that stops early the rest is read and forgotten: a client that
 * sends everything before it looks for the reply would never see it.
 */
export async function* bodyChunks(body: Readable, closing: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer, undefined>;
  try {
    for (;;) {
      const { value } = await unlessClosing(nextOf(chunks), closing);
      if (value === undefined) return;
      yield value;
    }
  } finally {
    // Not awaited: it would wait for a chunk that may never come.
    void chunks.return?.().then(() => body.resume(), () => undefined);
  }
}

async function nextOf(chunks: AsyncIterator<Buffer, undefined>): Promise<IteratorResult<Buffer, undefined>> {
  try {
    return await chunks.next();
  } catch (error) {
    throw new MetaErrError('INVALID_REQUEST', `The body broke off: ${messageOf(error)}.`, { cause: error });
  }
}

/** Not Promise.race, which would keep every chunk for as long as the signal is not aborted. */
function unlessClosing<T>(promise: Promise<T>, closing: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(new MetaErrError('SHUTTING_DOWN', 'The server is shutting down.', { retryAfterSeconds: 1 }));
    if (closing.aborted) refuse();
    closing.addEventListener('abort', refuse, { once: true });
    void promise.then(resolve, reject).finally(() => closing.removeEventListener('abort', refuse));
  });
}
