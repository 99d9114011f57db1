import t from 'tap';
import type { Test } from 'tap';
import { createTimerRecurrence } from '../../src/jobs/timer-recurrence.js';
import { recurrenceContract } from '../contract/recurrence-contract.js';
import { ManualClock, turns } from '../support/manual-clock.js';
import { recordingLogger } from '../support/recording-logger.js';

process.env['TZ'] = 'Asia/Kolkata';

const MINUTE = 60_000;

function open(t: Test, start = Date.UTC(2026, 0, 1)) {
  const clock = new ManualClock(start);
  const logger = recordingLogger();
  const recurrence = createTimerRecurrence({ clock, logger });
  t.teardown(() => recurrence.close());
  const begun: string[] = [];
  return { clock, logger, recurrence, begun, run: async (id: string) => void begun.push(`${id} ${new Date(clock.now()).toISOString()}`) };
}

await t.test('contract', (t) =>
  recurrenceContract(t, async () => {
    const clock = new ManualClock();
    const logger = recordingLogger();
    const tick = async () => {
      clock.advance(20);
      await turns(1);
    };
    return { open: () => createTimerRecurrence({ clock, logger }), shared: false, logger, now: () => clock.now(), tick };
  }),
);

await t.test('a cron expression is read in UTC, whatever the zone of the machine', async (t) => {
  const { clock, recurrence, begun, run } = open(t);
  await recurrence.set([{ id: 'nightly', when: { cron: '30 3 * * *' } }, { id: 'leap', when: { cron: '0 0 29 2 *' } }]);
  await recurrence.start(run);
  clock.advance(2 * 24 * 60 * MINUTE);
  await turns();
  t.same(begun, ['nightly 2026-01-01T03:30:00.000Z'], 'the second night found the first still running, for nothing else had its turn');
  clock.advance(24 * 60 * MINUTE);
  await turns();
  t.equal(begun.at(-1), 'nightly 2026-01-03T03:30:00.000Z');
  begun.length = 0;
  await recurrence.set([{ id: 'leap', when: { cron: '0 0 29 2 *' } }]);
  clock.advance(790 * 24 * 60 * MINUTE);
  t.same(begun, ['leap 2028-02-29T00:00:00.000Z'], 'years ahead');
});

await t.test('a clock that is set forward brings a cron time near, and an interval none', async (t) => {
  const { clock, recurrence, begun, run } = open(t);
  let ahead = 0;
  const now = clock.now.bind(clock);
  clock.now = () => now() + ahead;
  await recurrence.set([{ id: 'nightly', when: { cron: '0 3 * * *' } }, { id: 'interval', when: { everyMilliseconds: 180 * MINUTE } }]);
  await recurrence.start(run);
  clock.advance(10 * MINUTE);
  ahead = 24 * 60 * MINUTE;
  clock.advance(MINUTE);
  await turns();
  t.same(begun.map((line) => line.split(' ')[0]), ['nightly']);
  clock.advance(169 * MINUTE);
  await turns();
  t.same(begun.map((line) => line.split(' ')[0]), ['nightly', 'nightly', 'interval']);
});

await t.test('a run may set another list', async (t) => {
  const { clock, recurrence, begun, run } = open(t);
  await recurrence.set([{ id: 'once', when: { everyMilliseconds: 1_000 } }]);
  await recurrence.start(async (id) => {
    await recurrence.set([]);
    await run(id);
  });
  clock.advance(10_000);
  await turns();
  t.equal(begun.length, 1);
  t.equal(clock.timers, 0);
});

await t.test('law 8: a clock that was years ahead for a while brings no silence', async (t) => {
  const { clock, recurrence, begun, run } = open(t);
  let ahead = 0;
  const now = clock.now.bind(clock);
  clock.now = () => now() + ahead;
  await recurrence.set([{ id: 'nightly', when: { cron: '0 3 * * *' } }]);
  await recurrence.start(run);
  ahead = 3 * 365 * 24 * 60 * MINUTE;
  clock.advance(MINUTE);
  await turns();
  t.equal(begun.length, 1);
  ahead = 0;
  clock.advance(MINUTE);
  await turns();
  clock.advance(3 * 60 * MINUTE);
  await turns();
  t.equal(begun.at(-1), 'nightly 2026-01-01T03:00:00.000Z');
});

await t.test('a clock that is set back by an hour just after a time does not bring it a second time', async (t) => {
  const { clock, recurrence, begun, run } = open(t);
  let ahead = 0;
  const now = clock.now.bind(clock);
  clock.now = () => now() + ahead;
  await recurrence.set([{ id: 'nightly', when: { cron: '0 3 * * *' } }]);
  await recurrence.start(run);
  clock.advance(3 * 60 * MINUTE);
  await turns();
  ahead = -60 * MINUTE;
  clock.advance(3 * 60 * MINUTE);
  await turns();
  t.equal(begun.length, 1);
});
