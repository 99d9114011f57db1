import t from 'tap';
import type { Test } from 'tap';
import { createBatchSequence } from '../../src/meta/training/net-batches.js';
import { initialWeights } from '../../src/meta/training/net-initial.js';
import { trainNets } from '../../src/meta/training/net-trainer.js';
import { PARAMETERS } from '../../src/meta/training/net-types.js';
import type { NetOptions, NetTask, NetWeights } from '../../src/meta/training/net-types.js';
import { ReferenceAdam, memberParameters, numericGradients, randomTask } from '../support/training-reference.js';

const OPTIONS: NetOptions = {
  hidden: 4,
  batchSize: 5,
  steps: 12,
  snapshots: [1, 3, 7, 12],
  learningRate: 0.02,
  weightDecay: 0.5,
  zeroOutput: false,
  seed: 11,
};
// Different folds of different sizes.
const MEMBERS = [Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7), Int32Array.of(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), Int32Array.of(15, 12, 9, 6, 3)];

function largestDifference(actual: NetWeights, member: number, expected: ReturnType<typeof memberParameters>): number {
  const values = memberParameters(actual, member);
  return Math.max(...PARAMETERS.flatMap((name) => [...values[name]].map((value, index) => Math.abs(value - (expected[name][index] ?? NaN)))));
}

/** Trains each member by the reference on the same batches and compares all snapshots. */
function compare(t: Test, task: NetTask, options: NetOptions, snapshots: readonly NetWeights[]): void {
  const batches = createBatchSequence(MEMBERS, options.batchSize, options.seed).take(options.steps);
  const start = initialWeights({ ...options, members: MEMBERS.length, width: task.width, outputs: task.outputs });
  t.equal(snapshots.length, options.snapshots.length);
  for (const member of MEMBERS.keys()) {
    const parameters = memberParameters(start, member);
    const adam = new ReferenceAdam(parameters, options);
    for (let step = 0; step < options.steps; step++) {
      const from = (step * MEMBERS.length + member) * options.batchSize;
      adam.step(numericGradients(task, batches.subarray(from, from + options.batchSize), parameters, options.hidden));
      const snapshot = snapshots[options.snapshots.indexOf(step + 1)];
      if (snapshot === undefined) continue;
      const difference = largestDifference(snapshot, member, parameters);
      t.ok(difference < 2e-5, `member ${member}, step ${step + 1}: largest difference ${difference}`);
    }
  }
}

for (const head of ['softmax', 'sigmoid'] as const) {
  for (const hasOffsets of [true, false]) {
    t.test(`${head} nets ${hasOffsets ? 'with' : 'without'} offsets follow the reference step by step`, async (t) => {
      const task = randomTask({ head, rows: 16, width: 3, outputs: head === 'softmax' ? 3 : 1, hasOffsets, seed: 5 });
      compare(t, task, OPTIONS, await trainNets(task, MEMBERS, OPTIONS));
    });
  }
}

t.test('nets whose output layer starts at zero follow the reference too', async (t) => {
  const task = randomTask({ head: 'softmax', rows: 16, width: 3, outputs: 3, hasOffsets: true, seed: 6 });
  const options = { ...OPTIONS, zeroOutput: true };
  compare(t, task, options, await trainNets(task, MEMBERS, options));
});
