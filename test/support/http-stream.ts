import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';

/** Listens on a free port of this machine; returns the URL. */
export async function listen(app: FastifyInstance): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

/** The texts as bytes that are cut anywhere, also within lines and characters. */
export async function* cutAnywhere(texts: Iterable<string>, nextSize: () => number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  let size = nextSize();
  for (const text of texts) {
    waiting.push(Buffer.from(text));
    length += waiting.at(-1)?.length ?? 0;
    if (length < size) continue;
    const all = Buffer.concat(waiting);
    yield all.subarray(0, size);
    waiting = [all.subarray(size)];
    length -= size;
    size = nextSize();
  }
  yield Buffer.concat(waiting);
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** POSTs a stream in pieces and reads the JSON reply; when that comes before all of it is sent, the rest is not. */
export async function postStream<T>(url: string, body: AsyncIterable<Buffer>): Promise<Answer<T>> {
  const outgoing = request(url, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => outgoing.once('response', resolve).once('error', reject));
  pipeline(Readable.from(body, { objectMode: false }), outgoing).catch(() => undefined);
  const reply = await answered;
  const text = await textOf(reply);
  outgoing.destroy();
  return { status: reply.statusCode ?? 0, body: JSON.parse(text) as T };
}

/** POSTs all of a body over a bare connection before it looks for the reply; returns the beginning of that. */
export async function postThenRead(url: string, body: Buffer): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${body.length}\r\n\r\n`);
  await new Promise<void>((resolve, reject) => socket.once('error', reject).write(body, (error) => (error == null ? resolve() : reject(error))));
  socket.resume();
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return reply.toString();
}

/** All of a reply; rejects when it breaks off. */
export async function textOf(reply: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of reply) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** The reply to a GET as soon as its headers are there; nothing of its body is read. */
export function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request(url, resolve).once('error', reject).end());
}
