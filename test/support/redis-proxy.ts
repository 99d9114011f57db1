import { connect, type Socket } from 'node:net';
import { openDoor } from './redis-door.js';
import type { Teardown } from './teardown.js';

/** A way to a server on loopback that can be cut without a word: nothing is closed, and nothing comes through any more. */
export interface Proxy {
  readonly url: string;
  /** Connections that were taken so far. */
  readonly taken: () => number;
  /** What is connected hears nothing any more, ever; who connects now is not answered. */
  cut(): void;
  /** New connections work again. Those that were there before stay dead. */
  heal(): void;
}

/** Starts a proxy, closed at the end of the test. */
export async function startProxy(t: Teardown, port: number): Promise<Proxy> {
  let dead = false;
  let taken = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const { url } = await openDoor(t, (client, sockets) => {
    taken += 1;
    client.on('error', () => undefined);
    if (dead) return;
    const server = connect(port, '127.0.0.1');
    sockets.add(server.on('error', () => client.destroy()));
    pairs.add([client, server]);
    client.pipe(server).pipe(client);
  });
  return {
    url,
    taken: () => taken,
    cut() {
      dead = true;
      for (const [client, server] of pairs) {
        client.unpipe(server);
        server.unpipe(client);
        // The far end learns of it, the near one does not.
        server.destroy();
        client.pause();
      }
      pairs.clear();
    },
    heal() {
      dead = false;
    },
  };
}
