import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { temporaryFolder, writeModels, type ModelFiles } from '../support/http-app.js';
import { linearClassifier, roundsFor, slowClassifier } from '../support/http-models.js';
import { follow, listening, spawnServer, startServer, type RunningServer, type ServerOptions } from '../support/http-process.js';

const ROW = '{"instances": [[1, 2, 3, 4]]}';

function optionsOf(t: Test, models: Readonly<Record<string, ModelFiles>>, env: Readonly<Record<string, string>> = {}): ServerOptions {
  const folder = temporaryFolder(t);
  return { modelRepository: writeModels(folder, models), dataDir: join(folder, 'data'), env };
}

async function start(t: Test): Promise<RunningServer> {
  const server = await startServer(optionsOf(t, { m: { onnx: linearClassifier() } }));
  t.teardown(() => server.child.kill('SIGKILL'));
  return server;
}

/** A request whose headers the server has read and whose body it waits for; `send` sends that. */
async function openRequest({ url }: RunningServer): Promise<{ send(): void; readonly status: Promise<number> }> {
  // An agent that keeps connections for ever, as proxies do.
  const outgoing = request(`${url}/v1/models/m/predict`, { agent: new Agent({ keepAlive: true }), method: 'POST', headers: { 'content-type': 'application/json', 'content-length': ROW.length, expect: '100-continue' } });
  const status = new Promise<number>((resolve, reject) => outgoing.once('response', (reply) => resolve(reply.resume().statusCode ?? 0)).once('error', reject));
  status.catch(() => undefined);
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  return { send: () => void outgoing.end(ROW), status };
}

t.test('the requests that run are answered before the process ends', async (t) => {
  const server = await start(t);
  const open = await openRequest(server);
  server.child.kill('SIGTERM');
  await server.logged('closing');
  open.send();
  t.equal(await open.status, 200);
  t.equal(await server.ended, 0, 'its connection is not waited for');
});

t.test('a second signal does not wait for them', async (t) => {
  const server = await start(t);
  const open = await openRequest(server);
  server.child.kill('SIGTERM');
  await server.logged('closing');
  server.child.kill('SIGTERM');
  t.equal(await server.ended, 'SIGKILL');
  await t.rejects(open.status);
});

t.test('a request that never ends is cut off, with exit code 1', async (t) => {
  const server = await start(t);
  const open = await openRequest(server);
  server.child.kill('SIGTERM');
  t.equal(await server.ended, 1);
  t.match(await server.logged('closing failed'), { err: /requests/, lost_rows: 0 });
  await t.rejects(open.status);
});

t.test('a signal while models load', async (t) => {
  const slow = slowClassifier(await roundsFor(60));
  const server = await listening(spawnServer(optionsOf(t, { a: { onnx: slow }, b: { onnx: slow } })));
  t.teardown(() => server.child.kill('SIGKILL'));
  server.child.kill('SIGTERM');
  t.equal(await server.ended, 0);
  t.notOk(server.log.some(({ msg }) => msg === 'ready'));
  t.notOk(server.log.some(({ level }) => level >= 50), 'nothing failed');
  t.equal(server.words(), '');
});

t.test('a port in use', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.teardown(() => void holder.close());
  const server = follow(spawnServer(optionsOf(t, { m: { onnx: linearClassifier() } }, { PORT: String((holder.address() as AddressInfo).port) })));
  t.equal(await server.ended, 1);
  t.match(server.words(), /EADDRINUSE/);
});

t.test('SIGINT closes as SIGTERM does', async (t) => {
  const server = await start(t);
  server.child.kill('SIGINT');
  t.equal(await server.ended, 0);
  t.match(await server.logged('closed'), { level: 30 });
});
