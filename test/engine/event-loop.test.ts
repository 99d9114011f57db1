import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { countTensor, slowModel } from '../support/engine-models.js';
import { CPU, loadSlow, startPool } from '../support/engine-pool.js';

const NANOSECONDS = 1e6;

/** Turns the event loop until the histogram has seen one more of its own ticks. */
async function untilNextSample(histogram: IntervalHistogram): Promise<void> {
  const before = histogram.count;
  while (histogram.count === before) await new Promise((resolve) => setImmediate(resolve));
}

async function delaysDuring(work: () => Promise<unknown>) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await untilNextSample(histogram);
  const started = performance.now();
  await work();
  const elapsed = performance.now() - started;
  await untilNextSample(histogram);
  histogram.disable();
  return { elapsed, median: histogram.percentile(50) / NANOSECONDS, max: histogram.max / NANOSECONDS, samples: histogram.count };
}

t.test('the event loop stays free while a thread runs for 200 ms', async (t) => {
  const pool = startPool(t, 1);
  const slow = await loadSlow(pool);
  const delays = await delaysDuring(() => slow(250));
  t.ok(delays.elapsed > 150, `the run took ${delays.elapsed.toFixed(0)} ms`);
  t.ok(delays.samples > 10, `${delays.samples} samples`);
  t.ok(delays.median < 20, `median delay ${delays.median.toFixed(1)} ms`);
});

t.test('the same run in a direct session blocks the loop, so the measurement can fail', async (t) => {
  const session = await createDirectSession({ bytes: slowModel() }, CPU);
  t.teardown(() => session.release());
  const probe = performance.now();
  await session.run(countTensor(100));
  const perIteration = (performance.now() - probe) / 100;
  const delays = await delaysDuring(() => session.run(countTensor(Math.ceil(250 / perIteration))));
  t.ok(delays.max > 100, `largest delay ${delays.max.toFixed(0)} ms`);
});
