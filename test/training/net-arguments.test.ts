import t from 'tap';
import { trainNets } from '../../src/meta/training/net-trainer.js';
import type { NetOptions, NetTask } from '../../src/meta/training/net-types.js';
import { allRows, randomTask } from '../support/training-reference.js';

const OPTIONS: NetOptions = { hidden: 4, batchSize: 4, steps: 8, snapshots: [4, 8], learningRate: 0.01, weightDecay: 0, zeroOutput: true, seed: 1 };
const TASK = randomTask({ head: 'softmax', rows: 10, width: 3, outputs: 3, hasOffsets: true, seed: 1 });
const SIGMOID = randomTask({ head: 'sigmoid', rows: 10, width: 3, outputs: 1, hasOffsets: true, seed: 1 });

interface Fault {
  readonly message: RegExp;
  readonly task?: NetTask;
  readonly members?: readonly Int32Array[];
  readonly options?: Partial<NetOptions>;
}

const FAULTS: readonly Fault[] = [
  { message: /^inputs must hold rows x width = 30 values, not 29$/, task: { ...TASK, inputs: TASK.inputs.subarray(1) } },
  { message: /^rows must be an integer/, task: { ...TASK, rows: 0 } },
  { message: /^offsets must hold rows x outputs = 30 values/, task: { ...TASK, offsets: new Float32Array(10) } },
  { message: /^targets must hold rows = 10 values/, task: { ...TASK, targets: new Int32Array(9) } },
  { message: /^targets of members\[0\] must be from 0 to 2, not 3 \(row 9\)$/, task: { ...TASK, targets: TASK.targets.with(9, 3) } },
  { message: /^targets of members\[0\] must be from 0 to 2, not -1/, task: { ...TASK, targets: TASK.targets.with(0, -1) } },
  { message: /^targets of members\[0\] must be from 0 to 1, not 2/, task: { ...SIGMOID, targets: SIGMOID.targets.with(5, 2) } },
  { message: /^a sigmoid head has 1 output, not 3$/, task: { ...TASK, head: 'sigmoid' } },
  { message: /^members must name at least one net$/, members: [] },
  { message: /^members\[1\] must have at least one row$/, members: [allRows(10), new Int32Array(0)] },
  { message: /^members\[0\] must hold rows from 0 to 9, not 10$/, members: [allRows(11)] },
  { message: /^members\[0\] must hold rows from 0 to 9, not -1$/, members: [Int32Array.of(-1)] },
  { message: /^hidden must be an integer/, options: { hidden: 0 } },
  { message: /^batchSize must be an integer/, options: { batchSize: 1.5 } },
  { message: /^steps must be an integer/, options: { steps: 0 } },
  { message: /^snapshots must be ascending integers from 1 to steps = 8, not \[4, 4\]$/, options: { snapshots: [4, 4] } },
  { message: /^snapshots must be ascending/, options: { snapshots: [9] } },
  { message: /^seed must be an integer/, options: { seed: -1 } },
];

t.test('arguments that do not fit are refused by name', async (t) => {
  for (const { message, task, members, options } of FAULTS) {
    await t.rejects(trainNets(task ?? TASK, members ?? [allRows(10)], { ...OPTIONS, ...options }), { name: 'RangeError', message });
  }
});

t.test('inputs or offsets that are not finite do not pass as trained nets', async (t) => {
  await t.rejects(trainNets({ ...TASK, inputs: TASK.inputs.with(4, NaN) }, [allRows(10)], OPTIONS), /not finite after step 4/);
  await t.rejects(trainNets({ ...TASK, offsets: new Float32Array(30).fill(NaN) }, [allRows(10)], OPTIONS), /not finite after step 4/);
});
