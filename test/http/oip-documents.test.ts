import t from 'tap';
import { EXTENSIONS } from '../../src/inference/oip/documents/server-metadata.js';
import { shownConfig } from '../../src/inference/shown-config.js';
import { linearClassifier } from '../support/http-models.js';
import { startOip } from '../support/http-oip.js';

const EXTERNAL = 'source: external\noutputs: [{ name: p, shape: [-1, 3] }]\nscores: logits\n';
const models = {
  m: { onnx: linearClassifier(2, 3), version: 3, yaml: 'labels: [a, b, c]\n' },
  plain: { onnx: linearClassifier(2, 3), yaml: 'append_outputs: false\n' },
  elsewhere: { yaml: EXTERNAL },
  broken: { onnx: Buffer.from('no model') },
};
const VECTOR = '{"inputs":[{"name":"X","shape":[1,2],"datatype":"FP32","data":[1,2]}]}';

interface Statistics {
  readonly model_stats: readonly {
    readonly name: string;
    readonly version: string;
    readonly inference_count: number;
    readonly execution_count: number;
    readonly inference_stats: Readonly<Record<string, { count: number; ns: number }>>;
    readonly batch_stats: readonly { batch_size: number }[];
  }[];
}

t.test('every document', async (t) => {
  const app = await startOip(t, { models });
  const get = async (path: string, status = 200): Promise<unknown> => {
    const reply = await app.send({ method: 'GET', path });
    t.equal(reply.status, status, path);
    t.equal((await app.send({ method: 'GET', path: `${path}/` })).status, status, `${path}/`);
    const head = await app.send({ method: 'GET', path: `${path}?some=query` });
    t.equal(head.status, status);
    return reply.json();
  };
  t.match(await get('/v2'), { name: /./, version: /^\d+\.\d+\.\d+/, extensions: EXTENSIONS });
  t.same(await get('/v2/health/live'), { live: true });
  t.same(await get('/v2/health/ready'), { ready: true }, 'a broken model does not stop the server');
  t.same(await get('/v2/models'), { models: ['broken', 'elsewhere', 'm', 'plain'] });
  for (const path of ['/v2/models/m', '/v2/models/m/versions/3']) {
    t.match(await get(path), {
      name: 'm',
      versions: ['3'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [{ name: 'probabilities', shape: [-1, 3] }, { name: 'metaerr_failure_probability', datatype: 'FP32', shape: [-1] }, { name: 'metaerr_decision', datatype: 'BYTES', shape: [-1] }],
    });
    t.same(await get(`${path}/ready`), { name: 'm', ready: true });
    const config = (await get(`${path}/config`)) as { parameters: Record<string, { string_value: string }> };
    t.match(config, { name: 'm', platform: 'onnxruntime_onnx', backend: 'onnxruntime', max_batch_size: 32, input: [{ name: 'X', data_type: 'TYPE_FP32', dims: [2] }] });
    t.same(JSON.parse(config.parameters['metaerr_config']?.string_value ?? ''), shownConfig(app.system.catalogue.loaded('m').config));
    const words = Object.entries(config.parameters).filter(([name]) => name.startsWith('metaerr_assumption_')).map(([, { string_value: text }]) => text);
    t.same(words, app.system.catalogue.loaded('m').assumptions);
    t.ok(words.length > 0);
    t.match(await get(`${path}/stats`), { model_stats: [{ name: 'm', version: '3', inference_count: 0, execution_count: 0 }] });
  }
  t.same(((await get('/v2/models/plain')) as { outputs: { name: string }[] }).outputs.map(({ name }) => name), ['probabilities']);
  t.match(await get('/v2/models/elsewhere'), { platform: 'external', inputs: [] });
  t.match(await get('/v2/models/elsewhere/config'), { platform: 'external', backend: '' });
  t.same(((await get('/v2/models/stats')) as Statistics).model_stats.map(({ name }) => name), ['elsewhere', 'm', 'plain']);
});

t.test('what there is not', async (t) => {
  const app = await startOip(t, { models });
  for (const tail of ['', '/ready', '/config', '/stats']) {
    for (const [path, status] of [['absent', 404], ['m/versions/1', 404], ['m/versions/0', 400], ['m/versions/-1', 400], ['m/versions/x', 400], ['m/versions/1.5', 400], ['broken', 503]] as const) {
      t.equal((await app.send({ method: 'GET', path: `/v2/models/${path}${tail}` })).status, status, `${path}${tail}`);
    }
  }
  t.equal((await app.send({ path: '/v2/models/absent/infer', body: VECTOR })).status, 404);
  t.equal((await app.send({ path: '/v2/models/m/versions/1/infer', body: VECTOR })).status, 404);
  t.equal((await app.send({ path: '/v2/models/m/versions/one/infer', body: VECTOR })).status, 400);
  t.equal((await app.send({ path: '/v2/models/broken/infer', body: VECTOR })).status, 503);
});

t.test('ready begins when every model was tried, and ends with the shutdown', async (t) => {
  const app = await startOip(t, { models, start: false });
  const status = async (path: string) => (await app.send({ method: 'GET', path })).status;
  t.equal(await status('/v2/health/live'), 200);
  t.equal(await status('/v2/health/ready'), 503);
  await app.system.start();
  t.equal(await status('/v2/health/ready'), 200);
  app.system.refuse();
  t.equal(await status('/v2/health/ready'), 503);
  t.equal(await status('/v2/models/m/ready'), 503);
  t.equal(await status('/v2/health/live'), 200);
});

t.test('statistics count requests, rows and runs', async (t) => {
  const app = await startOip(t, { models });
  const statistics = async () => (await app.send({ method: 'GET', path: '/v2/models/m/stats' })).json<Statistics>().model_stats[0];
  const three = '{"inputs":[{"name":"X","shape":[3,2],"datatype":"FP32","data":[1,2,3,4,5,6]}]}';
  t.equal((await app.send({ path: '/v2/models/m/infer', body: VECTOR })).status, 200);
  t.equal((await app.send({ path: '/v2/models/m/infer', body: three })).status, 200);
  t.equal((await app.send({ path: '/v2/models/m/infer', body: three.replace('[3,2]', '[4,2]') })).status, 400);
  const after = await statistics();
  t.match(after, { inference_count: 4, execution_count: 2, inference_stats: { success: { count: 2 }, fail: { count: 1 } } });
  t.same(after?.batch_stats.map(({ batch_size: rows }) => rows), [1, 3]);
  for (const stage of ['success', 'compute_input', 'compute_infer', 'compute_output']) t.ok((after?.inference_stats[stage]?.ns ?? 0) > 0, stage);
});
