import { connect } from 'node:net';
import { openDoor } from './redis-door.js';
import type { Teardown } from './teardown.js';

/** A way to a server on loopback that can lose an answer: the request arrives, the connection ends before the answer does. */
export interface LossyProxy {
  readonly url: string;
  /** Answers lost so far. */
  readonly lost: () => number;
  /** The next so many answers are lost, one to a connection. `from` names answers by a part of the request: others pass. */
  lose(answers: number, from: string): void;
}

/** Starts such a proxy, closed at the end of the test. */
export async function startLossyProxy(t: Teardown, port: number): Promise<LossyProxy> {
  let [left, lost, part] = [0, 0, ''];
  const { url } = await openDoor(t, (client, sockets) => {
    const server = connect(port, '127.0.0.1');
    let doomed = false;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) sockets.add(socket.on('error', end).on('close', end));
    client.on('data', (data) => {
      if (left > 0 && data.includes(part)) doomed = true;
      server.write(data);
    });
    server.on('data', (data) => {
      if (!doomed) return client.write(data);
      left -= 1;
      lost += 1;
      return end();
    });
  });
  return {
    url,
    lost: () => lost,
    lose(answers, from) {
      [left, part] = [answers, from];
    },
  };
}
