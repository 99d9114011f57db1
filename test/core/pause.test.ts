import { getEventListeners } from 'node:events';
import t from 'tap';
import { pause } from '../../src/core/pause.js';
import { ManualClock } from '../support/manual-clock.js';

await t.test('it ends after its time, or early, and leaves no listener behind', async (t) => {
  const clock = new ManualClock();
  const stop = new AbortController();
  for (let i = 0; i < 100; i++) {
    const paused = pause(clock, 1_000, stop.signal);
    clock.advance(1_000);
    await paused;
  }
  t.equal(getEventListeners(stop.signal, 'abort').length, 0, 'after any number of pauses');
  const early = Promise.all([pause(clock, 1_000, stop.signal), pause(clock, 2_000, stop.signal)]);
  t.equal(getEventListeners(stop.signal, 'abort').length, 2);
  stop.abort();
  await early;
  t.equal(getEventListeners(stop.signal, 'abort').length, 0);
  await pause(clock, 1_000, stop.signal);
});
