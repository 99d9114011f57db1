import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { createWorkerApp } from '../../src/app-worker.js';
import { createLogger } from '../../src/core/logger.js';
import { createMetrics } from '../../src/core/metrics.js';
import { answerClientError } from '../../src/plugins/client-errors.js';
import { startApp } from '../support/http-app.js';
import { listenOnLoopback } from '../support/http-loopback.js';
import { linearClassifier } from '../support/http-models.js';
import { listen, readReply, type RawReply } from '../support/http-raw.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly request_id: string };
}

/** All that the server writes on a connection of its own until it closes it. */
async function answered(port: number, ...sent: readonly string[]): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  // A connection that is closed on what still comes may be reset.
  socket.on('error', () => undefined);
  for (const bytes of sent) socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(received);
}

function isCoded(t: Test, reply: RawReply, status: number, code: string, message: RegExp): void {
  t.equal(reply.status, status);
  const { error } = reply.json<ErrorBody>();
  t.match(error, { code, message });
  t.match(reply.headers, { 'content-type': /^application\/json/, 'content-length': String(reply.body.length), connection: 'close' });
  t.equal(reply.headers['x-request-id'], error.request_id, 'the request id is in the reply');
}

async function workerApp(t: Test): Promise<FastifyInstance> {
  const app = await createWorkerApp({ metrics: createMetrics(), missing: () => [], refusal: () => null }, createLogger('silent'));
  t.teardown(() => app.close());
  return app;
}

t.test('what is no HTTP request has the form of every error, on servers and workers', async (t) => {
  const server = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  for (const app of [server.app, await workerApp(t)]) {
    const port = await listen(app);
    const refused = async (status: number, code: string, message: RegExp, ...sent: readonly string[]) => isCoded(t, readReply(await answered(port, ...sent)), status, code, message);
    await refused(400, 'INVALID_HTTP', /method/i, 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n');
    await refused(400, 'INVALID_HTTP', /no HTTP request/, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
    await refused(400, 'INVALID_HTTP', /version/i, 'GET / HTTP/9.9\r\nHost: a\r\n\r\n');
    await refused(400, 'INVALID_HTTP', /header/i, 'GET /healthz HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n');
    await refused(400, 'INVALID_HTTP', /length/i, 'POST /healthz HTTP/1.1\r\nHost: a\r\ncontent-length: five\r\n\r\n');
    await refused(400, 'INVALID_HTTP', /Host/, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
    await refused(431, 'HEADERS_TOO_LARGE', /headers/, `GET /healthz HTTP/1.1\r\nHost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`);
  }
});

t.test('a chunk that is none, in the midst of a body', async (t) => {
  const { app } = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const head = 'POST /v1/models/m/predict HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
  const bytes = await answered(await listen(app), head, '5\r\n{"ins\r\n', 'zz\r\n');
  isCoded(t, readReply(bytes), 400, 'INVALID_HTTP', /chunk/i);
});

t.test('HTTP/1.0 needs no Host', async (t) => {
  const app = await workerApp(t);
  t.equal(readReply(await answered(await listen(app), 'GET /healthz HTTP/1.0\r\n\r\n')).status, 200);
});

t.test('after a reply that is complete the connection tells what is wrong with the next request', async (t) => {
  const app = await workerApp(t);
  const socket = connect(await listen(app), '127.0.0.1');
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  const [first] = (await once(socket, 'data')) as [Buffer];
  t.equal(readReply(first).status, 200);
  socket.write('FOO / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [second] = (await once(socket, 'data')) as [Buffer];
  isCoded(t, readReply(second), 400, 'INVALID_HTTP', /method/i);
  await once(socket, 'close');
});

t.test('a request that does not arrive in time', async (t) => {
  const app = await workerApp(t);
  const accepted = once(app.server, 'connection') as Promise<[Socket]>;
  const reading = answered(await listen(app), 'GET /healthz HTTP/1.1\r\nHost: a\r\n');
  const [socket] = await accepted;
  // As Node.js does when the time for headers is over.
  app.server.emit('clientError', Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  isCoded(t, readReply(await reading), 408, 'REQUEST_INCOMPLETE', /in time/);
});

t.test('nothing is written behind a reply that has begun', async (t) => {
  const server = createServer((_request, response) => response.writeHead(200).write('the beginning'));
  server.on('clientError', answerClientError);
  const { port } = await listenOnLoopback(t, server);
  const socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  while (!Buffer.concat(received).includes('the beginning')) await once(socket, 'data');
  socket.on('error', () => undefined);
  socket.write('FOO / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  t.notMatch(Buffer.concat(received).toString(), /INVALID_HTTP|HTTP\/1\.1 400/);
});

t.test('a connection that was reset is left alone', async (t) => {
  const server = createServer((_request, response) => void response.end('well'));
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = await listenOnLoopback(t, server);
  const replied = new Promise<number | undefined>((resolve, reject) => get({ host: '127.0.0.1', port }, (reply) => resolve(reply.resume().statusCode)).on('error', reject));
  const [socket] = await accepted;
  answerClientError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), socket);
  t.equal(await replied, 200);
});
