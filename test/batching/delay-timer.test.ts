import t from 'tap';
import { systemClock } from '../../src/core/clock.js';
import { DelayTimer } from '../../src/inference/batching/delay-timer.js';
import { ManualClock, turns } from '../support/manual-clock.js';

t.test('calls at the time, not before, and once', async (t) => {
  for (const delay of [0, 0.3, 1.5, 4, 250]) {
    const clock = new ManualClock();
    let calls = 0;
    new DelayTimer(clock, () => calls++).arm(delay);
    clock.advance(delay - 0.01);
    await turns();
    t.equal(calls, 0, `${delay} ms`);
    clock.advance(0.02);
    await turns();
    t.equal(calls, 1, `${delay} ms`);
    clock.advance(1000);
    await turns();
    t.equal(calls, 1, `${delay} ms`);
  }
});

t.test('a new time replaces the old one; cancel ends it', async (t) => {
  const clock = new ManualClock();
  const calls: number[] = [];
  const timer = new DelayTimer(clock, () => calls.push(clock.monotonic()));
  timer.arm(50);
  timer.arm(20);
  timer.arm(20);
  clock.advance(20);
  await turns();
  t.same(calls, [20]);
  timer.arm(60);
  timer.arm(100);
  clock.advance(45);
  await turns();
  t.same(calls, [20]);
  timer.cancel();
  clock.advance(500);
  await turns();
  t.same(calls, [20]);
  t.equal(clock.timers, 0);
});

t.test('with the real clock it is never early, also below a millisecond', async (t) => {
  for (const delay of [0.2, 0.7, 3]) {
    const due = systemClock.monotonic() + delay;
    const at = await new Promise<number>((resolve) => {
      const timer = new DelayTimer(systemClock, () => resolve(systemClock.monotonic()));
      timer.arm(due);
      // The timer itself does not keep the process alive.
      const alive = setInterval(() => systemClock.monotonic() > due && clearInterval(alive), 5);
    });
    t.ok(at >= due, `${delay} ms: ${(at - due).toFixed(3)} ms late`);
  }
});
