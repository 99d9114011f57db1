import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { profileOf, type PublishedProfile } from '../../src/jobs/model-profiles.js';
import type { NewJob } from '../../src/jobs/queue.js';
import type { RecurringWork } from '../../src/jobs/recurrence.js';
import { createSchedules } from '../../src/jobs/schedules.js';
import { createTimerRecurrence } from '../../src/jobs/timer-recurrence.js';
import { ManualClock, turns } from '../support/manual-clock.js';
import { loadedModel } from '../support/jobs-model.js';
import { recordingLogger } from '../support/recording-logger.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NIGHTLY = '0 3 * * *';

const profile = (model: string, version: number, schedule: string | null): PublishedProfile => ({
  ...profileOf(loadedModel({ key: { model, version }, retraining: { schedule } })),
  publishedAt: 0,
});

/** Schedules on timers, over profiles that come and go, in a store that can be away. */
function open(t: Test, ...first: PublishedProfile[]) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const logger = recordingLogger();
  const profiles = [...first];
  const sets: (readonly RecurringWork[])[] = [];
  const enqueued: NewJob[] = [];
  let rounds = 0;
  let closed = 0;
  let away = false;
  let broken = false;
  const timers = createTimerRecurrence({ clock, logger });
  const schedules = createSchedules({
    recurrence: {
      start: (run) => timers.start(run),
      close: () => timers.close(),
      async set(work) {
        if (away) throw new MetaErrError('STORE_UNAVAILABLE', 'Redis is away', { retryAfterSeconds: 2 });
        sets.push(work);
        await timers.set(work);
      },
    },
    profiles: {
      async list() {
        if (broken) throw new Error('not a profile');
        return profiles;
      },
    },
    housekeeping: { round: async () => void (rounds += 1), close: async () => void (closed += 1) },
    queue: {
      async enqueue(job) {
        if (away) throw new MetaErrError('STORE_UNAVAILABLE', 'Redis is away', { retryAfterSeconds: 2 });
        enqueued.push(job);
        return { id: 'job_1' } as never;
      },
    },
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
  const states = { away: (is: boolean) => (away = is), broken: (is: boolean) => (broken = is) };
  return { clock, logger, profiles, sets, enqueued, schedules, timers, pass, rounds: () => rounds, closed: () => closed, ...states };
}

await t.test('housekeeping in its interval, and the newest version of each model with a schedule', async (t) => {
  const { sets, enqueued, schedules, pass, rounds } = open(t, profile('a', 1, '0 1 * * *'), profile('a', 2, NIGHTLY), profile('b', 1, null));
  await schedules.start();
  t.same(sets[0], [{ id: 'housekeeping', when: { everyMilliseconds: MINUTE } }, { id: 'retrain.a', when: { cron: NIGHTLY } }]);
  await pass(5 * MINUTE);
  t.equal(rounds(), 5);
  t.same(enqueued, []);
  await pass(3 * HOUR);
  t.same(enqueued, [{ type: 'retrain', model: 'a', version: 2, trigger: 'schedule', requestId: null, traceParent: null }]);
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

await t.test('a model that is not known any more when its time comes', async (t) => {
  const { profiles, enqueued, schedules, timers, clock, logger } = open(t, profile('a', 1, NIGHTLY));
  await schedules.start();
  profiles.length = 0;
  await timers.set([{ id: 'retrain.a', when: { cron: NIGHTLY } }]);
  clock.advance(4 * HOUR);
  await turns();
  t.same(enqueued, []);
  t.same(logger.lines.filter(({ level }) => level === 'error'), []);
});

await t.test('recurring work that the store has lost comes back, also where nothing is run here', async (t) => {
  const { sets, schedules, timers, pass, rounds, enqueued } = open(t, profile('a', 1, NIGHTLY));
  await schedules.start();
  await pass(3 * MINUTE);
  t.equal(rounds(), 3);
  await timers.set([]);
  const before = sets.length;
  await pass(2 * MINUTE);
  t.ok(sets.length > before);
  t.equal(sets.at(-1)?.length, 2);
  await pass(MINUTE);
  t.ok(rounds() > 3);
  await pass(3 * HOUR);
  t.equal(enqueued.length, 1);
});

await t.test('a retraining whose store is away at its time is enqueued when it is back, once', async (t) => {
  const { enqueued, schedules, pass, logger, away, clock } = open(t, profile('a', 1, NIGHTLY));
  await schedules.start();
  await pass(3 * HOUR - MINUTE);
  away(true);
  await pass(30 * MINUTE);
  t.same(enqueued, []);
  t.ok(logger.lines.some(({ level, message }) => level === 'warn' && message.includes('waits for its store')));
  away(false);
  clock.advance(5_000);
  await turns();
  t.equal(enqueued.length, 1);
  await pass(2 * HOUR);
  t.equal(enqueued.length, 1);
});

await t.test('close does not wait for a store that is away, and says what was not enqueued', async (t) => {
  const { enqueued, schedules, pass, logger, away, clock } = open(t, profile('a', 1, NIGHTLY));
  await schedules.start();
  await pass(3 * HOUR - MINUTE);
  away(true);
  await pass(2 * MINUTE);
  await schedules.close();
  t.equal(clock.timers, 0);
  t.same(enqueued, []);
  t.match(logger.lines.at(-1), { level: 'error', fields: { work: 'retrain.a', err: 'Redis is away' } });
});

await t.test('a fault that will not pass is not tried again', async (t) => {
  const { enqueued, schedules, timers, logger, broken, clock } = open(t, profile('a', 1, NIGHTLY));
  await schedules.start();
  broken(true);
  await timers.set([{ id: 'retrain.a', when: { cron: NIGHTLY } }]);
  clock.advance(3 * HOUR);
  await turns();
  t.match(logger.lines.filter(({ level }) => level === 'error'), [{ fields: { work: 'retrain.a', err: 'not a profile' } }]);
  broken(false);
  clock.advance(HOUR);
  await turns();
  t.same(enqueued, []);
});

await t.test('a close that comes while it starts leaves nothing running', async (t) => {
  const { schedules, pass, rounds, clock } = open(t);
  const starting = schedules.start();
  await schedules.close();
  await starting;
  t.equal(clock.timers, 0);
  await pass(10 * MINUTE);
  t.equal(rounds(), 0);
});
