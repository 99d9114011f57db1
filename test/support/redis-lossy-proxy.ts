import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

interface Teardown {
  teardown(close: () => Promise<void> | void): void;
}

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
  const sockets = new Set<Socket>();
  let [left, lost, part] = [0, 0, ''];
  const proxy = createServer((client) => {
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
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    lost: () => lost,
    lose(answers, from) {
      [left, part] = [answers, from];
    },
  };
}
