import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { LoadedVersion } from '../../src/inference/repository/loaded-version.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

const CONNECTIONS = 32;
const RELOADS = 5;

interface Answer {
  readonly status: number;
  readonly version: string;
  /** Whether the connection was there already. */
  readonly reused: boolean;
}

function post(url: string, agent: Agent, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (part: string) => (text += part));
      reply.once('end', () => {
        const { version } = JSON.parse(text) as { version: string };
        resolve({ status: reply.statusCode ?? 0, version, reused: sent.reusedSocket });
      });
      reply.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Sends on 32 connections without a pause until `stop` is called, which resolves with every answer. */
function sendOnAllConnections(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const body = JSON.stringify({ instances: [[1, 2, 3, 4]] });
  const answers: Answer[] = [];
  let stopped = false;
  const connection = async () => {
    while (!stopped) answers.push(await post(url, agent, body));
  };
  const ended = Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const stop = async () => {
    stopped = true;
    await ended;
    agent.destroy();
    return answers;
  };
  return { stop, answers };
}

t.test('reloads under 32 connections fail no request and keep no version', async (t) => {
  const { app, system, folder } = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: 'instances: 2' } } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.addresses()[0];
  if (address === undefined || typeof address === 'string') throw new Error('the server has no address');
  const serving = () => {
    const loaded = system.catalogue.loaded('m');
    if (!(loaded instanceof LoadedVersion)) throw new Error('another kind of version');
    return loaded;
  };
  const versions = [serving()];
  const clients = sendOnAllConnections(`http://127.0.0.1:${address.port}/v1/models/m/predict`);
  for (let version = 2; version <= 1 + RELOADS; version++) {
    mkdirSync(join(folder, 'models', 'm', String(version)));
    writeFileSync(join(folder, 'models', 'm', String(version), 'model.onnx'), linearClassifier(4, 3, version));
    await system.repository.load('m');
    versions.push(serving());
    const released = versions.slice(0, -2);
    t.ok(released.every(({ leases }) => leases === 0), 'only the version before the last may still be held');
    for (const { pool } of released) await t.rejects(pool.load('late', { path: '' }, { executionProviders: ['cpu'], intraOpThreads: 1 }), /closed/);
  }
  const answers = await clients.stop();
  t.strictSame(answers.filter(({ status }) => status !== 200), []);
  t.ok(answers.length > 10 * CONNECTIONS, `${answers.length} answers`);
  t.equal(answers.filter(({ reused }) => !reused).length, CONNECTIONS, 'no connection was lost');
  const seen = new Set(answers.map(({ version }) => version));
  t.ok(seen.size >= 3, `versions ${[...seen].join(', ')} answered`);
  t.strictSame(new Set(versions.map(({ key }) => key.version)).size, 1 + RELOADS);
  await system.repository.unload('m');
  t.strictSame(versions.map(({ leases }) => leases), versions.map(() => 0));
  for (const { pool } of versions) t.equal(pool.pending, 0);
});
