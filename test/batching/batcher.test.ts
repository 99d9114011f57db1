import t from 'tap';
import { turns } from '../support/manual-clock.js';
import { batcherBench, testRequest } from '../support/predict-batching.js';

t.test('law 1: counts rows, in order of arrival, up to maxRows', async (t) => {
  const { runner, submit } = batcherBench();
  const answers = [submit(0), submit(1, 2), submit(3), submit(4, 5), submit(6)];
  t.same(runner.sizes, [1], 'the first finds the instance free');
  for (const size of [1, 3, 3]) {
    t.equal(runner.runs.at(-1)?.rows, size);
    runner.runs.at(-1)?.finish();
    await turns();
  }
  t.same(await Promise.all(answers), [[0], [1, 2], [3], [4, 5], [6]], 'law 3');
  t.same(runner.sizes, [1, 3, 3]);
});

t.test('law 1: a request larger than a batch runs alone', async (t) => {
  const { runner, submit } = batcherBench();
  const answers = [submit(0), submit(1), submit(2, 3, 4, 5, 6), submit(7)];
  for (const size of [1, 1, 5, 1]) {
    t.equal(runner.runs.at(-1)?.rows, size);
    runner.runs.at(-1)?.finish();
    await turns();
  }
  t.same(await Promise.all(answers), [[0], [1], [2, 3, 4, 5, 6], [7]]);
});

t.test('law 1: other shapes are other batches', async (t) => {
  const { runner, submit, submitWith } = batcherBench();
  const answers = [submit(0), submit(1), submitWith({ shape: 'pair' }, 8), submit(2), submitWith({ shape: 'pair' }, 9)];
  for (const values of [[[0]], [[1], [2]], [[8], [9]]]) {
    t.same(runner.runs.at(-1)?.requests.map((request) => request.values), values);
    runner.runs.at(-1)?.finish();
    await turns();
  }
  t.same(await Promise.all(answers), [[0], [1], [8], [2], [9]]);
  t.equal(runner.runs.length, 3);
});

t.test('law 2: waits for company up to the delay', async (t) => {
  for (const microseconds of [400, 20_000]) {
    const { clock, runner, submit } = batcherBench({ maxDelayMicroseconds: microseconds });
    void submit(1);
    clock.advance(microseconds / 2000);
    await turns();
    void submit(2);
    clock.advance(microseconds / 2000 - 0.1);
    await turns();
    t.same(runner.sizes, [], 'before the delay');
    clock.advance(0.2);
    await turns();
    t.same(runner.sizes, [2], 'counted from the first arrival');
  }
});

t.test('law 2: a full batch does not wait', async (t) => {
  const { runner, submit, clock } = batcherBench({ maxDelayMicroseconds: 50_000, instances: 2 });
  void submit(1, 2);
  void submit(3);
  t.same(runner.sizes, []);
  void submit(4);
  t.same(runner.sizes, [4]);
  void submit(5);
  t.same(runner.sizes, [4], 'the next one waits again');
  clock.advance(50);
  await turns();
  t.same(runner.sizes, [4, 1]);
});

t.test('law 2: no wait where no company is to be expected', async (t) => {
  const { runner, submit, clock } = batcherBench({ maxDelayMicroseconds: 50_000 });
  const finish = async (): Promise<void> => {
    runner.runs.at(-1)?.finish();
    await turns();
  };
  void submit(1);
  t.same(runner.sizes, [], 'nothing is known at first');
  clock.advance(50);
  await turns();
  await finish();
  void submit(2);
  t.same(runner.sizes, [1, 1], 'the batch before was one request, and nobody came meanwhile');
  void submit(3);
  await finish();
  t.same(runner.sizes, [1, 1], 'one came meanwhile, so others may');
  clock.advance(50);
  await turns();
  t.same(runner.sizes, [1, 1, 1]);
  await finish();
  void submit(4);
  void submit(5);
  void submit(6);
  t.same(runner.sizes, [1, 1, 1, 1]);
  await finish();
  clock.advance(50);
  await turns();
  t.same(runner.sizes, [1, 1, 1, 1, 2]);
  await finish();
  void submit(7);
  t.same(runner.sizes, [1, 1, 1, 1, 2], 'the batch before was two requests');
});

t.test('law 2: one request after the other, each sent as soon as the one before is answered', async (t) => {
  const { runner, submit, clock } = batcherBench({ maxDelayMicroseconds: 50_000 });
  const sender = (async () => {
    for (let i = 0; i < 3; i++) await submit(i);
  })();
  clock.advance(50);
  for (let sent = 1; sent <= 3; sent++) {
    await turns();
    t.equal(runner.runs.length, sent);
    runner.runs.at(-1)?.finish();
  }
  await sender;
});

t.test('as many batches at once as there are instances', async (t) => {
  const { runner, submit } = batcherBench({ instances: 3 });
  for (let i = 0; i < 5; i++) void submit(i);
  t.same(runner.sizes, [1, 1, 1]);
  runner.runs[1]?.finish();
  await turns();
  t.same(runner.sizes, [1, 1, 1, 2]);
});

t.test('law 4: only the guilty request of a batch fails', async (t) => {
  const { runner, submit } = batcherBench();
  void submit(0);
  const answers = Promise.allSettled([submit(1), submit(2), submit(3)]);
  runner.runs[0]?.finish();
  await turns();
  t.same(runner.sizes, [1, 3]);
  runner.runs[1]?.fail(new Error('some row'));
  for (const [index, good] of [[2, true], [3, false], [4, true]] as const) {
    await turns();
    t.equal(runner.runs.length, index + 1, 'one after the other');
    if (good) runner.runs[index]?.finish();
    else runner.runs[index]?.fail(new Error('row 2'));
  }
  t.match(await answers, [{ value: [1] }, { reason: { message: 'row 2' } }, { value: [3] }]);
});

t.test('law 5: the queue is bounded in rows', async (t) => {
  const { runner, submit, queueRows, clock } = batcherBench();
  const first = submit(0);
  clock.advance(3000);
  runner.runs[0]?.finish();
  await first;
  void submit(0);
  const waiting = [submit(1, 2, 3), submit(4, 5, 6)];
  await t.rejects(submit(7, 8, 9), { code: 'QUEUE_FULL', retryAfterSeconds: 6, message: /6 rows are waiting, and 3 more would exceed the 8/ });
  waiting.push(submit(7, 8));
  t.equal(queueRows.at(-1), 8);
  for (let run = 1; run <= 4; run++) {
    runner.runs[run]?.finish();
    await turns();
  }
  t.same(await Promise.all(waiting), [[1, 2, 3], [4, 5, 6], [7, 8]]);
  t.equal(queueRows.at(-1), 0);
});

t.test('law 5: Retry-After counts batches, also where each request is one', async (t) => {
  for (const [maxRows, seconds] of [[1, 6], [4, 6], [100, 3]] as const) {
    const { runner, submit, clock } = batcherBench({ maxRows });
    const first = submit(0);
    clock.advance(3000);
    runner.runs[0]?.finish();
    await first;
    for (const values of [[0], [1, 2, 3], [4, 5, 6]]) void submit(...values);
    await t.rejects(submit(7, 8, 9), { code: 'QUEUE_FULL', retryAfterSeconds: seconds });
  }
});

t.test('law 5: a request of more rows than the queue is let in when nothing waits', async (t) => {
  const { runner, submit } = batcherBench({ maxQueueRows: 2 });
  void submit(0);
  const large = submit(1, 2, 3);
  await t.rejects(submit(4), { code: 'QUEUE_FULL', retryAfterSeconds: 1 });
  runner.runs[0]?.finish();
  await turns();
  runner.runs[1]?.finish();
  t.same(await large, [1, 2, 3]);
});

t.test('law 6: waiting ends after the time-out, and such a request never runs', async (t) => {
  const { clock, runner, submit, queueRows } = batcherBench();
  void submit(0);
  const late = t.rejects(submit(1), { code: 'REQUEST_TIMEOUT', message: /1000 ms/ });
  clock.advance(400);
  const later = submit(2);
  t.equal(clock.timers, 1, 'one timer for all requests');
  clock.advance(599);
  await turns();
  t.equal(queueRows.at(-1), 2);
  clock.advance(1);
  await late;
  t.equal(queueRows.at(-1), 1);
  runner.runs[0]?.finish();
  await turns();
  runner.runs[1]?.finish();
  t.same(await later, [2]);
  clock.advance(5000);
  t.equal(clock.timers, 0);
  t.same(runner.sizes, [1, 1]);
});

t.test("law 6: a request's own time-out counts where it is shorter", async (t) => {
  const { clock, runner, submit, submitWith, queueRows } = batcherBench();
  const running = submit(0);
  const patient = submit(1);
  const hasty = t.rejects(submitWith({ timeoutMilliseconds: 200 }, 2, 3), { code: 'REQUEST_TIMEOUT', message: /waited 200 ms \(the time-out of the request\)/ });
  const longer = submitWith({ timeoutMilliseconds: 5000 }, 4);
  const started = submitWith({ timeoutMilliseconds: 400 }, 5);
  clock.advance(199);
  t.equal(queueRows.at(-1), 5);
  clock.advance(1);
  await hasty;
  t.equal(queueRows.at(-1), 3, 'taken out of the middle of the queue');
  runner.runs[0]?.finish();
  await running;
  await turns();
  t.same(runner.runs[1]?.requests.map(({ values }) => values), [[1], [4], [5]]);
  clock.advance(800);
  runner.runs[1]?.finish();
  t.same(await Promise.all([patient, longer, started]), [[1], [4], [5]], 'what has started is not refused');
  void submit(6);
  const late = t.rejects(submitWith({ timeoutMilliseconds: 5000 }, 7), { code: 'REQUEST_TIMEOUT', message: /waited 1000 ms \(batching\.timeout_milliseconds\)/ });
  clock.advance(1000);
  await late;
});

t.test('law 6: own time-outs leave no timers behind', async (t) => {
  const { clock, runner, submit, submitWith } = batcherBench();
  const first = submitWith({ timeoutMilliseconds: 50 }, 0);
  t.equal(clock.timers, 0, 'it started at once');
  const second = submitWith({ timeoutMilliseconds: 50 }, 1);
  t.equal(clock.timers, 2);
  runner.runs[0]?.finish();
  await first;
  await turns();
  t.equal(clock.timers, 1, 'the one for all');
  runner.runs[1]?.finish();
  t.same(await second, [1]);
  clock.advance(2000);
  t.equal(clock.timers, 0);
  void submit(2);
  const refused = t.rejects(submitWith({ timeoutMilliseconds: 0 }, 3), { code: 'REQUEST_TIMEOUT' });
  clock.advance(0);
  await refused;
  t.same(runner.sizes, [1, 1, 1]);
});

t.test('law 2: a request whose own time-out is not longer than the delay does not wait for company', async (t) => {
  const { runner, submit, submitWith, clock } = batcherBench({ maxDelayMicroseconds: 50_000, instances: 2 });
  void submit(0);
  t.same(runner.sizes, []);
  void submitWith({ timeoutMilliseconds: 50 }, 1);
  t.same(runner.sizes, [2], 'nor do those that it finds');
  void submitWith({ timeoutMilliseconds: 51 }, 2);
  void submit(3);
  t.same(runner.sizes, [2]);
  clock.advance(50);
  await turns();
  t.same(runner.sizes, [2, 2]);
});

t.test('law 7: close answers what was taken and refuses the rest', async (t) => {
  const { runner, submit, batcher, clock } = batcherBench({ maxDelayMicroseconds: 50_000 });
  const taken = [submit(1), submit(2)];
  let closed = false;
  const closing = Promise.all([batcher.close(), batcher.close()]).then(() => (closed = true));
  t.same(runner.sizes, [2], 'without waiting for the delay');
  await t.rejects(batcher.submit(testRequest([3])), { code: 'SHUTTING_DOWN' });
  await turns();
  t.notOk(closed);
  runner.runs[0]?.finish();
  await closing;
  t.same(await Promise.all(taken), [[1], [2]]);
  t.equal(clock.timers, 0);
});

t.test('a runner that answers too few requests is a fault, not a hang', async (t) => {
  const { submit } = batcherBench({ runner: { maxRows: 4, run: async () => [] } });
  await t.rejects(submit(1), { message: /expected 1 answers/ });
});

t.test('the time in the queue is told', async (t) => {
  const { runner, batcher, clock } = batcherBench();
  void batcher.submit(testRequest([0]));
  const answer = batcher.submit(testRequest([1]));
  clock.advance(25);
  runner.runs[0]?.finish();
  await turns();
  runner.runs[1]?.finish();
  t.match(await answer, { queuedMilliseconds: 25, answer: [1] });
});

t.test('law 8: a request whose caller is gone while it waits never runs', async (t) => {
  const { clock, runner, batcher, submit, queueRows } = batcherBench();
  const callers = [0, 1, 2].map(() => new AbortController());
  const [running, waiting, late] = callers.map(({ signal }, i) => batcher.submit(testRequest([i, i], { timeoutMilliseconds: 500 }), signal));
  const last = submit(9);
  t.equal(queueRows.at(-1), 5);
  for (const caller of callers.slice(0, 2)) caller.abort();
  await t.rejects(waiting as Promise<unknown>, { code: 'CLIENT_GONE' });
  t.equal(queueRows.at(-1), 3, 'its rows are free for others');
  await t.rejects(batcher.submit(testRequest([7]), AbortSignal.abort()), { code: 'CLIENT_GONE' }, 'gone before it was taken');
  runner.runs[0]?.finish();
  t.match(await running, { answer: [0, 0] }, 'what has started goes on');
  await turns();
  t.same(runner.runs[1]?.requests.map(({ values }) => values), [[2, 2], [9]]);
  callers[2]?.abort();
  runner.runs[1]?.finish();
  t.match(await late, { answer: [2, 2] });
  t.same(await last, [9]);
  clock.advance(5000);
  t.equal(clock.timers, 0, 'no timer is left behind');
  t.same(runner.sizes, [2, 3]);
});

t.test('law 8: the last request that waits may leave a closing batcher', async (t) => {
  const { runner, batcher } = batcherBench();
  const caller = new AbortController();
  const first = batcher.submit(testRequest([0]));
  const second = t.rejects(batcher.submit(testRequest([1]), caller.signal), { code: 'CLIENT_GONE' });
  const closed = batcher.close();
  caller.abort();
  await second;
  runner.runs[0]?.finish();
  await Promise.all([first, closed]);
  t.same(runner.sizes, [1]);
});
