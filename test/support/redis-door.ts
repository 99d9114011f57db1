import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Teardown } from './teardown.js';

/** Listens on loopback in the place of a Redis, until the end of the test; then `sockets`, to which `enter` adds those that it opens, are destroyed. */
export async function openDoor(t: Teardown, enter: (client: Socket, sockets: Set<Socket>) => void): Promise<{ readonly url: string }> {
  const sockets = new Set<Socket>();
  const door = createServer((client) => {
    sockets.add(client);
    enter(client, sockets);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    door.close();
  });
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `redis://127.0.0.1:${address.port}` };
}
