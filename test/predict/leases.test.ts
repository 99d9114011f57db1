import t from 'tap';
import type { PredictReply } from '../../src/inference/contracts.js';
import { indexRows, loadModel, predictBench } from '../support/predict-bench.js';
import { tableModel } from '../support/predict-models.js';

const keep = (reply: PredictReply) => reply;
const SLOW = { max_rows: 8, max_delay_microseconds: 1e6, max_queue_rows: 2, timeout_milliseconds: 500 };

t.test('a lease is held until the reply is written, and by one request each', async (t) => {
  const model = await loadModel(t, tableModel());
  const { predict, leases } = predictBench(model);
  const seen: unknown[] = [];
  const pending = predict.predict({ ...indexRows(0), read: (given) => (seen.push(given), indexRows(0).read(given)) }, (reply) => {
    seen.push(reply.model);
    t.equal(leases.released, 0, 'before the reply is written');
    return 'written';
  });
  t.same(leases, { taken: 1, released: 0 });
  t.equal(await pending, 'written');
  t.same(leases, { taken: 1, released: 1 });
  t.ok(seen.every((each) => each === model), 'the model that read the body ran it');
});

t.test('a lease is released on every way out', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { batching: SLOW } });
  const { predict, leases, clock } = predictBench(model, { writer: { add: () => { throw new Error('full'); } } });
  const refused = async (expected: { readonly code: string } | { readonly message: string }, call: () => Promise<unknown>) => {
    const before = leases.released;
    const rejected = t.rejects(call(), expected);
    clock.advance(2000);
    await rejected;
    t.equal(leases.released, before + 1, JSON.stringify(expected));
  };
  await refused({ message: 'unreadable' }, () => predict.predict({ ...indexRows(0), read: () => { throw new Error('unreadable'); } }, keep));
  await refused({ code: 'INVALID_INPUT' }, () => predict.predict(indexRows(), keep));
  await refused({ code: 'REQUEST_TIMEOUT' }, () => predict.predict(indexRows(0), keep));
  const first = predict.predict(indexRows(0, 1), keep);
  await t.rejects(predict.predict(indexRows(1), keep), { code: 'QUEUE_FULL' });
  t.same(leases, { taken: 5, released: 4 }, 'while another waits');
  const late = t.rejects(first, { code: 'REQUEST_TIMEOUT' });
  clock.advance(500);
  await late;
  const full = new Array<number>(8).fill(1);
  await refused({ code: 'INFERENCE_FAILED' }, () => predict.predict(indexRows(...full.slice(1), 9), keep));
  await refused({ message: 'unwritable' }, () => predict.predict(indexRows(...full), () => { throw new Error('unwritable'); }));
  t.equal((await predict.predict(indexRows(...full), keep)).rows, 8, 'a ledger that takes nothing is no way out');
  t.same(leases, { taken: 8, released: 8 });
});

t.test('closing waits for those who hold one, and the refused take none', async (t) => {
  const model = await loadModel(t, tableModel(), { config: { batching: SLOW } });
  const { predict, ask, leases } = predictBench(model);
  const taken = ask(indexRows(0));
  await predict.close();
  t.same(leases, { taken: 1, released: 1 });
  t.equal((await taken).rows, 1);
  await t.rejects(ask(indexRows(0)), { code: 'SHUTTING_DOWN' });
  t.equal(leases.taken, 1);
});

t.test('without a lease there is no request', async (t) => {
  const model = await loadModel(t, tableModel());
  const { ask, logged } = predictBench(model, { catalogue: { lease: () => { throw new Error('not loaded'); } } });
  await t.rejects(ask(indexRows(0)), { message: 'not loaded' });
  t.same(logged, []);
});
