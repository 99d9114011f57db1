import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { linearClassifier } from '../support/http-models.js';
import { startOip, type OipApp } from '../support/http-oip.js';

const VECTOR = '{"inputs":[{"name":"X","shape":[1,2],"datatype":"FP32","data":[1,2]}]}';
const models = { m: { onnx: linearClassifier(2, 3, 1) }, other: { onnx: linearClassifier(2, 3, 2) } };

interface Entry {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

const index = async (app: OipApp, body?: string) => (await app.send({ path: '/v2/repository/index', ...(body === undefined ? {} : { body }) })).json<Entry[]>();
const control = (app: OipApp, model: string, what: 'load' | 'unload', body = '') => app.send({ path: `/v2/repository/models/${model}/${what}`, body });
const infer = async (app: OipApp) => {
  const { status, body } = await app.send({ path: '/v2/models/m/infer', body: VECTOR });
  return status === 200 ? (JSON.parse(body.toString()) as { model_version: string; outputs: { data: number[] }[] }) : status;
};
const addVersion = (app: OipApp, version: number, onnx: Uint8Array) => {
  mkdirSync(join(app.folder, 'models', 'm', String(version)));
  writeFileSync(join(app.folder, 'models', 'm', String(version), 'model.onnx'), onnx);
};

t.test('a model goes out of service and comes back', async (t) => {
  const app = await startOip(t, { models });
  t.same(await index(app), [{ name: 'm', version: '1', state: 'READY', reason: '' }, { name: 'other', version: '1', state: 'READY', reason: '' }]);

  const unloaded = await control(app, 'm', 'unload', '{"parameters": {"unload_dependents": false}}');
  t.equal(unloaded.status, 200);
  t.equal((await app.send({ method: 'GET', path: '/v2/models/m/ready' })).status, 404);
  t.equal(await infer(app), 404);
  t.equal((await app.send({ method: 'GET', path: '/v2/health/ready' })).status, 200, 'the server stays ready');
  t.match(await index(app), [{ name: 'm', version: '1', state: 'UNAVAILABLE' }, { name: 'other', state: 'READY' }]);
  t.match(await index(app, '{"ready": true}'), [{ name: 'other', state: 'READY' }]);
  t.equal((await index(app, '{"ready": true}')).length, 1);

  t.equal((await control(app, 'm', 'load', '{}')).status, 200);
  t.equal((await app.send({ method: 'GET', path: '/v2/models/m/ready' })).status, 200, 'it serves when load has answered');
  t.match(await infer(app), { model_version: '1' });
});

t.test('a new version serves when load has answered', async (t) => {
  const app = await startOip(t, { models });
  const before = await infer(app);
  addVersion(app, 2, linearClassifier(2, 3, 9));
  t.match(await index(app), [{ name: 'm', version: '1', state: 'READY' }, { name: 'm', version: '2', state: 'UNAVAILABLE' }, {}]);
  t.match(await infer(app), { model_version: '1' });
  t.equal((await control(app, 'm', 'load')).status, 200);
  const after = await infer(app);
  t.match(after, { model_version: '2' });
  t.notSame(after, before);
});

t.test('a version that cannot be loaded leaves the one that serves', async (t) => {
  const app = await startOip(t, { models });
  addVersion(app, 2, Buffer.from('no model'));
  const { status, body } = await control(app, 'm', 'load');
  t.equal(status, 400);
  t.match(JSON.parse(body.toString()), { error: /m/ });
  t.match(await infer(app), { model_version: '1' });
});

t.test('models that the folder gets later, and those that it does not have', async (t) => {
  const app = await startOip(t, { models });
  for (const what of ['load', 'unload'] as const) t.equal((await control(app, 'absent', what)).status, 404);
  const folder = join(app.folder, 'models', 'absent', '1');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), linearClassifier(2, 3));
  t.equal((await control(app, 'absent', 'load')).status, 200);
  t.equal((await app.send({ path: '/v2/models/absent/infer', body: VECTOR })).status, 200);
  rmSync(join(app.folder, 'models', 'absent'), { recursive: true });
  t.equal((await control(app, 'absent', 'unload')).status, 200);
});

t.test('names that are no folder of the repository', async (t) => {
  const app = await startOip(t, { models: { ...models, ['n'.repeat(128)]: { onnx: linearClassifier(2, 3) } } });
  for (const name of ['..%2Fmodels%2Fm', '..', '.', 'm%2F1', '%00', 'm%00', '%2Fetc', 'M', '%20m', 'x'.repeat(129)]) {
    for (const what of ['load', 'unload'] as const) t.equal((await control(app, name, what)).status, 404, name);
  }
  t.equal((await app.send({ method: 'GET', path: `/v2/models/${'n'.repeat(128)}` })).status, 200, 'the longest name');
});

t.test('a configuration or files sent along are refused, and nothing is loaded', async (t) => {
  const app = await startOip(t, { models });
  await control(app, 'm', 'unload');
  for (const parameters of [{ config: '{}' }, { 'file:1/model.onnx': 'AAAA' }, { config: '{}', 'file:1/model.onnx': 'AAAA' }]) {
    const { status, body } = await control(app, 'm', 'load', JSON.stringify({ parameters }));
    t.equal(status, 400);
    t.match(JSON.parse(body.toString()), { error: /model repository/ });
  }
  t.equal(await infer(app), 404, 'it is not loaded');
  for (const body of ['{', '[]', '{"parameters": 1}']) {
    t.equal((await control(app, 'm', 'load', body)).status, 400);
    t.equal((await control(app, 'm', 'unload', body)).status, 400);
    t.equal((await app.send({ path: '/v2/repository/index', body: body.replace('parameters', 'ready') })).status, 400);
  }
});

t.test('no request fails while the model is loaded again', async (t) => {
  const app = await startOip(t, { models });
  let loading = true;
  const statuses = new Map<number, number>();
  const clients = [1, 2, 3, 4].map(async () => {
    while (loading) {
      const { statusCode } = await app.app.inject({ method: 'POST', url: '/v2/models/m/infer', payload: VECTOR });
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    }
  });
  for (let round = 0; round < 3; round++) t.equal((await control(app, 'm', 'load')).status, 200);
  loading = false;
  await Promise.all(clients);
  t.same([...statuses.keys()], [200]);
  t.ok((statuses.get(200) ?? 0) > 0);
});
