import t from 'tap';
import { startApp, type TestApp } from '../support/http-app.js';
import { CRASH } from '../support/engine-crashing-thread.js';
import { linearClassifier } from '../support/http-models.js';
import { TimersByHand } from '../support/manual-clock.js';
import { within } from '../support/within.js';

const PATIENCE_MILLISECONDS = 150_000;
const ENGINE_THREAD = new URL('../support/engine-crashing-thread.js', import.meta.url);
const YAML = 'batching: { max_delay_microseconds: 0 }\nretraining: { automatic: false }\n';
const EXTERNAL = `source: external\noutputs: [{ name: p, shape: [-1, 3] }]\ninputs: [{ name: x, shape: [-1, 2] }]\nscores: probabilities\n${YAML}`;

interface Ready {
  readonly ready: boolean;
  readonly missing: readonly string[];
  readonly models: Readonly<Record<string, string>>;
}
interface Answer {
  readonly metaerr_status: string;
  readonly predictions: readonly { readonly label: string; readonly failure_probability: number | null; readonly decision: string }[];
  readonly error: { readonly code: string; readonly message: string };
}

const predict = ({ call }: TestApp, model: string, first: number) => call<Answer>({ method: 'POST', url: `/v1/models/${model}/predict`, payload: { instances: [[first, 2, 3, 4]] } });
const ready = ({ call }: TestApp) => call<Ready>({ url: '/readyz' });
const downIn = async ({ app }: TestApp, model: string) => Number(new RegExp(`^metaerr_model_instances_down\\{model="${model}",version="1"\\} (\\d+)$`, 'm').exec((await app.inject({ url: '/metrics' })).body)?.[1]);

/** The thread ends with each of these requests, until no other takes its place. */
async function endThreads(app: TestApp, model: string, t: { equal(found: unknown, wanted: unknown, message: string): unknown }): Promise<void> {
  for (let i = 0; i < 4; i++) {
    const { status, body } = await predict(app, model, CRASH);
    t.equal(`${status} ${body.error.code}`, '500 INFERENCE_FAILED', 'the request that ended the thread');
  }
}

t.test('a model of which no instance works is unavailable, says so everywhere, and comes back by itself', async (t) => {
  const clock = new TimersByHand();
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: YAML } }, overrides: { clock, engineThread: ENGINE_THREAD } });
  t.equal((await predict(app, 'm', 1)).status, 200);
  t.match(await ready(app), { status: 200, body: { ready: true, missing: [], models: { m: 'ready' } } });
  t.equal(await downIn(app, 'm'), 0);
  await endThreads(app, 'm', t);

  const refused = await predict(app, 'm', 1);
  t.equal(refused.status, 503);
  t.match(refused.body.error, { code: 'MODEL_UNAVAILABLE', message: /model m is unavailable: .*exit code 7.*given up after 3 restarts.* in 5 s/ });
  t.equal(refused.headers['retry-after'], '5');
  const inputs = [{ name: 'X', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }];
  t.match(await app.call({ method: 'POST', url: '/v2/models/m/infer', payload: { inputs } }), { status: 503, headers: { 'retry-after': '5' }, body: { error: /unavailable/ } });
  t.match(await ready(app), { status: 503, body: { ready: false, missing: [/^model m: 1 of 1 instances do not work, it answers nothing \(.*given up.*tried again in 5 s\)$/], models: { m: /^unavailable: .*given up/ } } });
  for (const url of ['/v2/health/ready', '/v2/models/m/ready']) t.match(await app.call({ url }), { status: 503, body: { error: /./ } }, url);
  t.equal((await app.call({ url: '/v2/models/m' })).status, 200, 'it is still known');
  t.match((await app.call({ url: '/v1/models/m' })).body, { state: 'unavailable', reason: /given up/ });
  t.match((await app.call({ method: 'POST', url: '/v2/repository/index' })).body, [{ name: 'm', state: 'UNAVAILABLE', reason: /given up/ }]);
  t.equal(await downIn(app, 'm'), 1);

  clock.advance(5_000);
  await within(PATIENCE_MILLISECONDS, async () => (await ready(app)).status === 200);
  t.equal((await predict(app, 'm', 1)).status, 200);
  t.match(await ready(app), { body: { ready: true, missing: [], models: { m: 'ready' } } });
  t.equal((await app.call({ url: '/v2/models/m/ready' })).status, 200);
  t.equal(await downIn(app, 'm'), 0);
});

t.test('loading the model again helps at once', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: YAML } }, overrides: { clock: new TimersByHand(), engineThread: ENGINE_THREAD } });
  await endThreads(app, 'm', t);
  t.equal((await ready(app)).status, 503);
  t.equal((await app.call({ method: 'POST', url: '/v2/repository/models/m/load' })).status, 200);
  t.match(await ready(app), { status: 200, body: { missing: [] } });
  t.equal((await predict(app, 'm', 1)).status, 200);
});

t.test('one model of several does not make the server unready, but is named', async (t) => {
  const models = { m: { onnx: linearClassifier(), yaml: YAML }, other: { onnx: linearClassifier(), yaml: YAML } };
  const app = await startApp(t, { models, overrides: { clock: new TimersByHand(), engineThread: ENGINE_THREAD } });
  await endThreads(app, 'm', t);
  t.match(await ready(app), { status: 200, body: { ready: true, missing: [/^model m: 1 of 1/], models: { m: /^unavailable/, other: 'ready' } } });
  t.equal((await app.call({ url: '/v2/health/ready' })).status, 200);
  t.equal((await app.call({ url: '/v2/models/m/ready' })).status, 503);
  t.equal((await predict(app, 'other', 1)).status, 200);
});

t.test('with one of two instances the model serves, and the other is named', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier(), yaml: `${YAML}instances: 2\n` } }, overrides: { clock: new TimersByHand(), engineThread: ENGINE_THREAD } });
  while ((await downIn(app, 'm')) === 0) await predict(app, 'm', CRASH);
  t.match(await ready(app), { status: 200, body: { ready: true, missing: [/^model m: 1 of 2 instances do not work, the others serve/], models: { m: 'ready' } } });
  t.equal((await app.call({ url: '/v2/models/m/ready' })).status, 200);
  t.equal((await predict(app, 'm', 1)).status, 200);
});

t.test('outputs of a model that is served elsewhere go back in any case, degraded', async (t) => {
  const app = await startApp(t, { models: { elsewhere: { yaml: EXTERNAL } }, overrides: { clock: new TimersByHand(), engineThread: ENGINE_THREAD } });
  const score = (first: number) => app.call<Answer>({ method: 'POST', url: '/v1/models/elsewhere/score', payload: { instances: [[first, 2]], outputs: { p: [[0.7, 0.2, 0.1]] } } });
  t.match(await score(1), { status: 200, body: { metaerr_status: 'cold_start' } });
  const degraded = { status: 200, body: { metaerr_status: 'degraded', predictions: [{ failure_probability: null, decision: 'review' }] } };
  for (let i = 0; i < 4; i++) t.match(await score(CRASH), degraded, 'a thread that ends');
  t.match(await score(1), degraded, 'no instance at all');
  t.match(await ready(app), { status: 200, body: { ready: true, missing: [/^model elsewhere: 1 of 1 instances do not work, its predictions are degraded/], models: { elsewhere: 'ready' } } });
});
