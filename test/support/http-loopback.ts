import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Teardown } from './teardown.js';

/** Where a server listens. */
export interface Loopback {
  readonly url: string;
  readonly port: number;
}

/** Has a plain HTTP server listen on a free port of loopback until the end of the test; its connections are closed then too. */
export async function listenOnLoopback(t: Teardown, server: Server): Promise<Loopback> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, port: address.port };
}
