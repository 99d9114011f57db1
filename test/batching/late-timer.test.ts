import t from 'tap';
import { batcherBench } from '../support/predict-batching.js';

t.test('a time-out that finds nobody waiting says nothing: the model and its metrics may be gone', async (t) => {
  const { clock, runner, submit, queueRows } = batcherBench({ maxDelayMicroseconds: 0, timeoutMilliseconds: 1000 });
  const answered = submit(1);
  // It waits for the one instance, so its time-out is armed.
  const waiting = submit(2);
  runner.runs[0]?.finish();
  await answered;
  runner.runs[1]?.finish();
  await waiting;
  t.equal(queueRows.at(-1), 0);
  const told = queueRows.length;
  clock.advance(1000);
  t.equal(queueRows.length, told);
});
