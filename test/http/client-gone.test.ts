import t from 'tap';
import { startApp } from '../support/http-app.js';
import { roundsFor, slowClassifier } from '../support/http-models.js';
import { listen } from '../support/http-raw.js';

const PATIENCE_MILLISECONDS = 150_000;
/** Each of some 100 ms, one after the other: long enough for others to come, wait and go. */
const ROWS = 50;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise(setImmediate);
  }
}

t.test('a request whose client goes away while it waits never runs, and is in no ledger', async (t) => {
  const yaml = 'batching: { max_rows: 1, max_delay_microseconds: 0, timeout_milliseconds: 600000 }\n';
  const { app, system } = await startApp(t, { models: { slow: { onnx: slowClassifier(await roundsFor(100)), yaml } } });
  const port = await listen(app);
  const { metrics, catalogue } = system;
  const valueOf = async (metric: { get(): Promise<{ values: { value: number; labels: object }[] }> }, labels: object) =>
    (await metric.get()).values.find((each) => Object.entries(labels).every(([name, value]) => (each.labels as Record<string, unknown>)[name] === value))?.value ?? 0;
  const waitingRows = () => valueOf(metrics.queueRows, { model: 'slow' });
  const send = (path: string, body: object, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...(signal !== undefined && { signal }) });

  const long = send('/v1/models/slow/predict', { instances: Array.from({ length: ROWS }, () => [1, 2, 3, 4]) });
  await until(async () => catalogue.loaded('slow').pool.pending > 0);
  const inputs = [{ name: 'X', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }];
  for (const [path, body] of [['/v1/models/slow/predict', { instances: [[1, 2, 3, 4]] }], ['/v2/models/slow/infer', { inputs }]] as const) {
    const client = new AbortController();
    const given = t.rejects(send(path, body, client.signal), { name: 'AbortError' }, path);
    await until(async () => (await waitingRows()) === 1);
    client.abort();
    await given;
    await until(async () => (await waitingRows()) === 0);
  }
  t.equal(await valueOf(metrics.rejected, { model: 'slow', reason: 'client_gone' }), 2);
  const reply = await long;
  t.equal(reply.status, 200);
  await reply.text();
  t.equal(await valueOf(metrics.predictions, { model: 'slow' }), ROWS, 'nothing else was predicted');
  t.equal(await valueOf(metrics.rejected, { model: 'slow', reason: 'client_gone' }), 2, 'a client that has read its reply is not gone');
});
