import t from 'tap';
import { evaluateNets } from '../../src/meta/training/net-evaluation.js';
import { trainNets } from '../../src/meta/training/net-trainer.js';
import type { NetOptions, NetTask, NetWeights } from '../../src/meta/training/net-types.js';
import { allRows, meanLoss, memberParameters, randomTask, ringTask } from '../support/training-reference.js';

const OPTIONS: NetOptions = {
  hidden: 16,
  batchSize: 16,
  steps: 600,
  snapshots: [600],
  learningRate: 0.01,
  weightDecay: 0.01,
  zeroOutput: true,
  seed: 1,
};
/** Longer than a test may take. */
const ENDLESS: NetOptions = { ...OPTIONS, steps: 1_000_000, snapshots: [1_000_000] };

function only(snapshots: readonly NetWeights[]): NetWeights {
  const [weights] = snapshots;
  if (weights === undefined) throw new Error('no snapshot');
  return weights;
}

function shareRight(task: NetTask, outputs: Float32Array): number {
  let right = 0;
  for (let row = 0; row < task.rows; row++) {
    const logits = [...outputs.subarray(row * task.outputs, (row + 1) * task.outputs)];
    if (logits.indexOf(Math.max(...logits)) === task.targets[row]) right++;
  }
  return right / task.rows;
}

t.test('nets learn rings that no linear model can tell apart', async (t) => {
  const task = ringTask(600, 3, 1);
  const members = [allRows(400), allRows(500).subarray(100)];
  const weights = only(await trainNets(task, members, { ...OPTIONS, hidden: 32, steps: 1500, snapshots: [1500] }));
  const outputs = await evaluateNets(weights, task.inputs, task.rows);
  for (const member of members.keys()) {
    const share = shareRight(task, outputs.subarray(member * task.rows * 3, (member + 1) * task.rows * 3));
    t.ok(share > 0.9, `member ${member} is right in ${share}`);
  }
});

t.test('a zero output layer starts at the offset and improves on it', async (t) => {
  const base = ringTask(400, 3, 2);
  const task = { ...base, offsets: randomTask({ head: 'softmax', rows: 400, width: 2, outputs: 3, hasOffsets: true, seed: 3 }).offsets };
  const untrained = only(await trainNets(task, [allRows(400)], { ...OPTIONS, steps: 1, snapshots: [1], learningRate: 0, weightDecay: 0 }));
  t.ok((await evaluateNets(untrained, task.inputs, task.rows)).every((value) => value === 0), 'the untrained net adds nothing');
  const trained = only(await trainNets(task, [allRows(400)], OPTIONS));
  const lossOf = (weights: NetWeights): number => meanLoss(task, allRows(400), memberParameters(weights, 0), OPTIONS.hidden);
  t.ok(lossOf(trained) < 0.5 * lossOf(untrained), `${lossOf(trained)} after ${lossOf(untrained)}`);
});

t.test('the same arguments give the same bits, another seed gives others', async (t) => {
  const task = ringTask(200, 2, 4);
  const members = [allRows(150), allRows(200).subarray(60)];
  const options = { ...OPTIONS, steps: 300, snapshots: [300] };
  const first = only(await trainNets(task, members, options));
  t.strictSame(only(await trainNets(task, members, options)), first);
  t.strictNotSame(only(await trainNets(task, members, { ...options, seed: 2 })).w1, first.w1);
});

t.test('snapshots in between change nothing, and are what a shorter training gives', async (t) => {
  const task = ringTask(200, 2, 5);
  const members = [allRows(200)];
  const options = { ...OPTIONS, steps: 320, snapshots: [20, 40, 80, 160, 320] };
  const snapshots = await trainNets(task, members, options);
  t.equal(snapshots.length, 5);
  t.strictSame(only(await trainNets(task, members, { ...options, snapshots: [320] })), snapshots[4]);
  t.strictSame(only(await trainNets(task, members, { ...options, steps: 40, snapshots: [40] })), snapshots[1]);
});

t.test('members do not change each other', async (t) => {
  const task = ringTask(200, 2, 6);
  const options = { ...OPTIONS, steps: 20, snapshots: [20] };
  const both = only(await trainNets(task, [allRows(120), allRows(200).subarray(50)], options));
  const first = only(await trainNets(task, [allRows(120)], options));
  const apart = memberParameters(first, 0).w1.map((value, index) => Math.abs(value - (memberParameters(both, 0).w1[index] ?? NaN)));
  t.ok(Math.max(...apart) < 1e-5, `largest difference ${Math.max(...apart)}`);
});

t.test('a member smaller than a batch lowers the batch size', async (t) => {
  const task = ringTask(100, 2, 7);
  const members = [allRows(100), Int32Array.of(3, 1, 4)];
  const options = { ...OPTIONS, steps: 30, snapshots: [30] };
  t.strictSame(await trainNets(task, members, options), await trainNets(task, members, { ...options, batchSize: 3 }));
});

t.test('targets of rows that no member trains on do not matter', async (t) => {
  const task = ringTask(50, 2, 8);
  const options = { ...OPTIONS, steps: 10, snapshots: [10] };
  const unknown = { ...task, targets: task.targets.map((target, row) => (row < 40 ? target : -2)) };
  t.strictSame(await trainNets(unknown, [allRows(40)], options), await trainNets(task, [allRows(40)], options));
});

t.test('progress rises to the total', async (t) => {
  const calls: [number, number][] = [];
  const onProgress = (done: number, total: number): void => void calls.push([done, total]);
  await trainNets(ringTask(200, 2, 9), [allRows(200)], { ...OPTIONS, steps: 1000, snapshots: [10, 1000] }, { onProgress });
  t.ok(calls.length >= 4, 'long trainings report more often than at snapshots');
  t.ok(calls.every(([done, total], index) => total === 1000 && done > (calls[index - 1]?.[0] ?? 0)));
  t.strictSame(calls.at(-1), [1000, 1000]);
});

t.test('an abort ends the training before the next run', async (t) => {
  const controller = new AbortController();
  const done: number[] = [];
  const onProgress = (steps: number): void => {
    done.push(steps);
    if (done.length === 2) controller.abort();
  };
  const training = trainNets(ringTask(200, 2, 10), [allRows(200)], ENDLESS, { onProgress, signal: controller.signal });
  await t.rejects(training, { name: 'AbortError' });
  t.equal(done.length, 2);
});

t.test('an abort from a timer is seen: the event loop gets its turn between runs', async (t) => {
  const controller = new AbortController();
  let runs = 0;
  const onProgress = (): void => {
    if (++runs === 2) setTimeout(() => controller.abort(new Error('the deadline has passed')), 0);
  };
  const training = trainNets(ringTask(200, 2, 11), [allRows(200)], ENDLESS, { onProgress, signal: controller.signal });
  await t.rejects(training, { message: 'the deadline has passed' });
  t.ok(runs < 20, `${runs} runs until the abort`);
  await t.rejects(trainNets(ringTask(20, 2, 11), [allRows(20)], OPTIONS, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});
