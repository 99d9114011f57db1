import type { Test } from 'tap';
import type { Recurrence, RecurringWork } from '../../src/jobs/recurrence.js';
import type { recordingLogger } from '../support/recording-logger.js';

/** A store of recurring work and its time. */
export interface RecurrenceHarness {
  /** A process on the store; where `shared` is false, there is only one. */
  open(): Recurrence;
  readonly shared: boolean;
  readonly logger: ReturnType<typeof recordingLogger>;
  /** Milliseconds of the time that the recurrence goes by. */
  now(): number;
  /** Lets a little time pass. */
  tick(): Promise<void>;
}

export type RecurrenceFactory = (t: Test) => Promise<RecurrenceHarness>;

/** Short enough for a test, long against a round trip to the store. */
const EVERY = 300;
const MOST_MILLISECONDS = 60_000;
const DAY = 86_400_000;

const every = (id: string, everyMilliseconds = EVERY): RecurringWork => ({ id, when: { everyMilliseconds } });

async function until(harness: RecurrenceHarness, condition: () => boolean): Promise<void> {
  const end = harness.now() + MOST_MILLISECONDS;
  while (!condition()) {
    if (harness.now() > end) throw new Error('it did not come to pass');
    await harness.tick();
  }
}

const pass = (harness: RecurrenceHarness, milliseconds: number) => {
  const end = harness.now() + milliseconds;
  return until(harness, () => harness.now() >= end);
};

/** Counts what is begun, and what runs at the same time. */
class Runs {
  readonly begun: string[] = [];
  readonly times: number[] = [];
  most = 0;
  readonly #harness: RecurrenceHarness;
  readonly #active = new Map<string, number>();

  constructor(harness: RecurrenceHarness) {
    this.#harness = harness;
  }

  /** A `run` whose end is that of `during`. */
  readonly run = (during: (id: string) => Promise<void> = () => Promise.resolve()) => async (id: string) => {
    this.begun.push(id);
    this.times.push(this.#harness.now());
    const active = (this.#active.get(id) ?? 0) + 1;
    this.#active.set(id, active);
    this.most = Math.max(this.most, active);
    try {
      await during(id);
    } finally {
      this.#active.set(id, active - 1);
    }
  };

  of(id: string): number {
    return this.begun.filter((other) => other === id).length;
  }

  /** Waits until a work has begun so many times more. */
  more(id: string, count: number): Promise<void> {
    const wanted = this.of(id) + count;
    return until(this.#harness, () => this.of(id) >= wanted);
  }
}

/** A promise that the test opens. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function setUp(t: Test, create: RecurrenceFactory) {
  const harness = await create(t);
  const open = (): Recurrence => {
    const recurrence = harness.open();
    t.teardown(() => recurrence.close());
    return recurrence;
  };
  return { harness, open, processes: harness.shared ? [open(), open()] : [open()], runs: new Runs(harness) };
}

/** The laws of src/jobs/recurrence.ts; the tests bear their numbers. Law 7 needs a process that dies. */
export async function recurrenceContract(t: Test, create: RecurrenceFactory): Promise<void> {
  await t.test('law 1: each time runs once, in one of the processes; the first is one interval after set', async (t) => {
    const { harness, processes, runs } = await setUp(t, create);
    const start = harness.now();
    await Promise.all(processes.map((process) => process.set([every('a'), every('b', 2 * EVERY)])));
    await Promise.all(processes.map((process) => process.start(runs.run())));
    await runs.more('a', 6);
    const times = Math.floor((harness.now() - start) / EVERY);
    t.ok((runs.times[0] ?? 0) >= start + EVERY, 'not at once');
    t.ok(runs.of('a') <= times, `${runs.of('a')} runs in ${times} intervals`);
    t.ok(runs.of('b') <= Math.ceil(times / 2), 'half as often');
    t.equal(runs.most, 1);
  });

  await t.test('law 1: without start nothing runs here', async (t) => {
    const { harness, processes: [process], runs } = await setUp(t, create);
    await process?.set([every('a')]);
    await pass(harness, 2 * EVERY);
    t.equal(runs.begun.length, 0);
    await process?.start(runs.run());
    await runs.more('a', 1);
  });

  await t.test('law 2: what is unchanged keeps its times, however often the list is set', async (t) => {
    const { harness, processes, runs } = await setUp(t, create);
    const list = [every('a'), { id: 'nightly', when: { cron: '0 3 * * *' } }];
    const set = () => Promise.all(processes.map((process) => process.set(list)));
    await set();
    await processes[0]?.start(runs.run());
    const start = harness.now();
    await until(harness, () => {
      void set();
      return runs.of('a') >= 3;
    });
    t.ok(harness.now() - start < MOST_MILLISECONDS);
    await set();
  });

  await t.test('law 2: what is no longer in the list does not begin; what is new or changed does, at its new times', async (t) => {
    const { harness, processes: [process, other], runs } = await setUp(t, create);
    await process?.set([every('gone'), every('stays'), every('changed', DAY)]);
    await process?.start(runs.run());
    await runs.more('gone', 1);
    await (other ?? process)?.set([every('stays'), every('changed'), every('new')]);
    const gone = runs.of('gone');
    await runs.more('stays', 3);
    await until(harness, () => runs.of('changed') > 0 && runs.of('new') > 0);
    t.equal(runs.of('gone'), gone);
    await process?.set([every('gone'), every('stays'), every('changed', DAY)]);
    await runs.more('gone', 1);
    const changed = runs.of('changed');
    await runs.more('stays', 3);
    t.equal(runs.of('changed'), changed);
    await process?.set([]);
    const { length } = runs.begun;
    await pass(harness, 3 * EVERY);
    t.equal(runs.begun.length, length, 'an empty list');
  });

  await t.test('law 3: what runs is not begun a second time, and the times that pass meanwhile are left out', async (t) => {
    const { harness, processes, runs } = await setUp(t, create);
    const { opened, open } = gate();
    await Promise.all(processes.map((process) => process.set([every('slow'), every('ruler')])));
    for (const process of processes) await process.start(runs.run((id) => (id === 'slow' ? opened : Promise.resolve())));
    await runs.more('slow', 1);
    await runs.more('ruler', 5);
    t.equal(runs.of('slow'), 1);
    const released = harness.now();
    open();
    await runs.more('slow', 3);
    t.equal(runs.most, 1);
    t.ok(runs.of('slow') - 1 <= Math.floor((harness.now() - released) / EVERY) + 1, 'no time is made up for');
  });

  await t.test('law 4: times at which no process was there are not made up for', async (t) => {
    const { harness, processes: [process], open, runs } = await setUp(t, create);
    const interval = 2_000;
    const before = harness.now();
    await process?.set([every('a', interval)]);
    if (harness.shared) await process?.close();
    await pass(harness, 1.7 * interval);
    await (harness.shared ? open() : process)?.start(runs.run());
    await runs.more('a', 1);
    t.ok((runs.times[0] ?? 0) >= before + 2 * interval, 'the first time is left out');
  });

  await t.test('law 5: a run that rejects is logged, and the work comes back', async (t) => {
    const { harness, processes: [process], runs } = await setUp(t, create);
    await process?.set([every('a')]);
    await process?.start(runs.run(() => Promise.reject(new Error('no luck'))));
    await runs.more('a', 3);
    await until(harness, () => harness.logger.lines.some(({ level, fields }) => level === 'error' && 'work' in fields && fields.work === 'a' && 'err' in fields && fields.err === 'no luck'));
  });

  await t.test('law 6: close waits for what runs here and begins nothing more', async (t) => {
    const { harness, processes: [process], runs } = await setUp(t, create);
    const { opened, open } = gate();
    await process?.set([every('slow'), every('quick')]);
    await process?.start(runs.run((id) => (id === 'slow' ? opened : Promise.resolve())));
    await until(harness, () => runs.of('slow') > 0 && runs.of('quick') > 0);
    let closed = false;
    const closing = process?.close().then(() => (closed = true));
    const begun = runs.begun.length;
    await pass(harness, 2 * EVERY);
    t.notOk(closed);
    open();
    await closing;
    await pass(harness, 2 * EVERY);
    t.equal(runs.begun.length, begun);
    await process?.close();
  });
}
