import t, { type Test } from 'tap';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { runInputs } from '../../src/inference/runner-inputs.js';
import { predictPlan } from '../../src/inference/runner-plan.js';
import { startRepository, writeFiles } from '../support/repository-fixture.js';
import { scoreModel, someRows } from '../support/repository-models.js';

const SOFTMAX = scoreModel({ last: 'Softmax' });

async function start(t: Test) {
  const started = await startRepository(t, { 'm/1/model.onnx': SOFTMAX, 'm/metaerr.yaml': 'instances: 2' });
  await started.repository.loadAll();
  return started;
}

async function run(model: LoadedModel): Promise<void> {
  const { steps, fetch } = predictPlan(model, null);
  await model.pool.run({ steps, fetch, tensors: runInputs(model, { x: someRows(1) }, 1) });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

void t.test('a replaced version runs until its last lease is released, and is gone then', async (t) => {
  const { directory, repository, catalogue, pools, logger } = await start(t);
  const first = catalogue.lease('m');
  const second = catalogue.lease('m');
  await writeFiles(directory, { 'm/2/model.onnx': SOFTMAX });
  await repository.load('m');
  t.equal(catalogue.lease('m').model.key.version, 2);
  await run(first.model);
  first.release();
  first.release();
  await turn();
  await run(second.model);
  t.equal(pools.open.size, 2, 'a lease is released once only');
  second.release();
  await pools.atMost(1);
  await t.rejects(run(second.model), /closed/);
  t.match(logger.lines.at(-1), { message: 'version released', fields: { model: 'm', version: 1 } });
});

void t.test('quick reloads keep no pool: nobody holds the old versions', async (t) => {
  const { repository, catalogue, pools } = await start(t);
  for (let reload = 0; reload < 12; reload++) {
    const lease = catalogue.lease('m');
    await repository.load('m');
    await run(lease.model);
    lease.release();
  }
  await pools.atMost(1);
  t.ok(pools.most() <= 3, `${pools.most()} pools were open at a time`);
});

void t.test('a load waits until the version before the last is released, so that a model is three times in memory at most', async (t) => {
  const { directory, repository, catalogue, pools } = await start(t);
  const lease = catalogue.lease('m');
  await repository.load('m');
  const next = catalogue.loaded('m');
  const steps: string[] = [];
  const waiting = repository.load('m').then(() => steps.push('loaded'));
  // Another model loads meanwhile: that took as long as this one would have.
  await writeFiles(directory, { 'other/1/model.onnx': SOFTMAX });
  await repository.load('other');
  t.equal(catalogue.loaded('m'), next, 'what serves serves on');
  t.equal(pools.open.size, 3);
  steps.push('released');
  lease.release();
  await waiting;
  t.strictSame(steps, ['released', 'loaded']);
  t.not(catalogue.loaded('m'), next);
  await pools.atMost(2);
});

void t.test('the metrics of a version leave with it, and stay where the same version was loaded again', async (t) => {
  const { directory, repository, catalogue, metrics, pools } = await start(t);
  const labels = { model: 'm', version: '1' };
  const versions = async () => (await metrics.queueRows.get()).values.map(({ labels: { version } }) => version);
  metrics.queueRows.set(labels, 0);
  await repository.load('m');
  await pools.atMost(1);
  t.strictSame(await versions(), ['1']);
  await writeFiles(directory, { 'm/2/model.onnx': SOFTMAX });
  const lease = catalogue.lease('m');
  await repository.load('m');
  t.strictSame(await versions(), ['1'], 'requests still wait in it');
  lease.release();
  await pools.atMost(1);
  await turn();
  t.strictSame(await versions(), []);
});

void t.test('closing waits for the runs of a version that is held, and for nothing else', async (t) => {
  const { repository, catalogue, pools } = await start(t);
  const lease = catalogue.lease('m');
  await repository.load('m');
  const running = run(lease.model);
  const loading = t.rejects(repository.load('m'), { code: 'SHUTTING_DOWN' });
  await repository.close();
  await running;
  await loading;
  t.equal(pools.open.size, 0);
  lease.release();
});
