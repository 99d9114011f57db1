import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { profileOf, type ModelProfile } from '../../src/jobs/model-profiles.js';
import type { NewJob } from '../../src/jobs/queue.js';
import type { RecurringWork } from '../../src/jobs/recurrence.js';
import { createSchedules } from '../../src/jobs/schedules.js';
import { createTimerRecurrence } from '../../src/jobs/timer-recurrence.js';
import { ManualClock } from '../support/jobs-clock.js';
import { loadedModel } from '../support/jobs-model.js';
import { turns } from '../support/manual-clock.js';
import { recordingLogger } from '../support/recording-logger.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NIGHTLY = '0 3 * * *';

const profile = (model: string, version: number, schedule: string | null): ModelProfile => profileOf(loadedModel({ key: { model, version }, retraining: { schedule } }));

/** Schedules on timers, over profiles that come and go, in a store that can be away. */
function open(t: Test, ...first: ModelProfile[]) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const logger = recordingLogger();
  const profiles = [...first];
  const sets: (readonly RecurringWork[])[] = [];
  const enqueued: NewJob[] = [];
  let rounds = 0;
  let closed = 0;
  let away = false;
  const timers = createTimerRecurrence({ clock, logger });
  const schedules = createSchedules({
    recurrence: {
      start: (run) => timers.start(run),
      close: () => timers.close(),
      async set(work) {
        if (away) throw new MetaErrError('STORE_UNAVAILABLE', 'Redis is away');
        sets.push(work);
        await timers.set(work);
      },
    },
    profiles: { list: async () => profiles },
    housekeeping: { round: async () => void (rounds += 1), close: async () => void (closed += 1) },
    queue: { enqueue: async (job) => (enqueued.push(job), { id: 'job_1' } as never) },
    clock,
    logger,
    housekeepingMilliseconds: MINUTE,
  });
  t.teardown(() => schedules.close());
  /** Goes on minute by minute, so that what is due has its turn. */
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += MINUTE) {
      clock.advance(Math.min(MINUTE, milliseconds - passed));
      await turns();
    }
  };
  return { clock, logger, profiles, sets, enqueued, schedules, pass, rounds: () => rounds, closed: () => closed, away: (is: boolean) => (away = is) };
}

await t.test('housekeeping in its interval, and the newest version of each model with a schedule', async (t) => {
  const { sets, enqueued, schedules, pass, rounds } = open(t, profile('a', 1, '0 1 * * *'), profile('a', 2, NIGHTLY), profile('b', 1, null));
  await schedules.start();
  t.same(sets[0], [{ id: 'housekeeping', when: { everyMilliseconds: MINUTE } }, { id: 'retrain.a', when: { cron: NIGHTLY } }]);
  await pass(5 * MINUTE);
  t.equal(rounds(), 5);
  t.same(enqueued, []);
  await pass(3 * HOUR);
  t.same(enqueued, [{ type: 'retrain', model: 'a', version: 2, trigger: 'schedule', requestId: null }]);
});

await t.test('what models come, go or change is set with the next round', async (t) => {
  const { sets, profiles, enqueued, schedules, pass } = open(t);
  await schedules.start();
  profiles.push(profile('a', 1, NIGHTLY));
  await pass(2 * MINUTE);
  t.match(sets.at(-1), [{ id: 'housekeeping' }, { id: 'retrain.a' }]);
  profiles.push(profile('a', 2, null));
  await pass(2 * MINUTE);
  t.match(sets.at(-1), [{ id: 'housekeeping' }]);
  t.equal(sets.at(-1)?.length, 1);
  await pass(4 * HOUR);
  t.same(enqueued, [], 'the newest version has no schedule');
});

await t.test('a store that is away at the start gets its work when it comes', async (t) => {
  const { sets, schedules, pass, logger, rounds, away, clock } = open(t, profile('a', 1, NIGHTLY));
  away(true);
  await schedules.start();
  t.match(logger.lines, [{ level: 'warn', message: /could not be set/ }]);
  clock.advance(5_000);
  await turns();
  t.equal(logger.lines.length, 2, 'tried again soon');
  away(false);
  clock.advance(5_000);
  await turns();
  t.equal(sets.length, 1);
  await pass(MINUTE);
  t.equal(rounds(), 1);
});

await t.test('after close nothing begins, housekeeping included', async (t) => {
  const { schedules, pass, rounds, closed, clock } = open(t);
  await schedules.start();
  await schedules.close();
  t.equal(closed(), 1);
  t.equal(clock.timers, 0);
  await pass(10 * MINUTE);
  t.equal(rounds(), 0);
});
