import type { IncomingMessage } from 'node:http';

/** Most bytes of a refused body that are read and forgotten. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_MILLISECONDS = 10_000;

/** Reads the rest of a request and forgets it; resolves at its end, or when it takes too long or too much. */
export function drainBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) finish();
    };
    const finish = (): void => {
      clearTimeout(timer);
      request.off('data', count).off('end', finish).off('error', finish).off('close', finish);
      resolve();
    };
    const timer = setTimeout(finish, MOST_MILLISECONDS);
    request.on('data', count).on('end', finish).on('error', finish).on('close', finish);
    request.resume();
  });
}
