import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { Book } from '../support/distributed-book.js';
import { countUnderFaults, MODEL, MODELS } from '../support/distributed-faults.js';
import { waitingInRedis } from '../support/distributed-waiting.js';
import { startDistributed } from '../support/distributed.js';
import { within } from '../support/within.js';

const AWAY_MILLISECONDS = 10_000;
/** Predictions are asked for at a pace, so that there are some to ask for during and after the fault. */
const PACED = { concurrency: 8, predictionSenders: 2, predictionPauseMilliseconds: 15 };
const PATIENCE_MILLISECONDS = 150_000;

t.test('Redis hangs for 10 s under load', async (t) => {
  const system = await startDistributed(t, { models: MODELS, servers: 2, workers: 0 });
  const { redis } = system;
  if (redis === null) throw new Error('no Redis');
  const book = new Book();
  let [stoppedAt, goesOnAt] = [0, 0];
  const hang = async () => {
    stoppedAt = Date.now();
    redis.suspend();
    await pause(AWAY_MILLISECONDS);
    goesOnAt = Date.now();
    redis.resume();
  };
  await countUnderFaults(t, system, {
    plan: { predictions: 5_000, seed: 3, maxRows: 8 }, faults: [{ share: 0.2, run: hang }], traffic: PACED, waiting: waitingInRedis(redis.url, MODEL), book,
  });
  const late = [...book.attempts.values()].filter(({ answer }) => answer !== null && answer.at > stoppedAt + AWAY_MILLISECONDS / 2 && answer.at < goesOnAt);
  t.ok(late.length > 0, 'predictions were answered all the time, and are in the ledger now');
  t.equal(book.refusedPredictions, 0, 'none was refused');
  t.ok(book.refusedTruths > 0, 'ground truths were refused');
});

t.test('Redis is killed under load, and comes back with its append-only file', async (t) => {
  const system = await startDistributed(t, { models: MODELS, servers: 2, workers: 0 });
  const { redis } = system;
  if (redis === null) throw new Error('no Redis');
  const book = new Book();
  const restart = async () => {
    await redis.kill();
    const [refused, answered] = [book.refusedTruths, book.answeredRows()];
    await within(PATIENCE_MILLISECONDS, () => book.refusedTruths > refused + 10 && book.answeredRows() > answered + 100);
    await redis.start();
  };
  await countUnderFaults(t, system, {
    plan: { predictions: 4_000, seed: 4, maxRows: 8 },
    faults: [{ share: 0.25, run: restart }, { share: 0.6, run: restart }],
    traffic: PACED,
    waiting: waitingInRedis(redis.url, MODEL),
    book,
  });
  t.equal(book.refusedPredictions, 0, 'no prediction was refused');
});
