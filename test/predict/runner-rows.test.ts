import t from 'tap';
import type { Tensor, TensorMap } from '../../src/engine/tensor.js';
import { joinRuns } from '../../src/inference/runner-rows.js';

const one = (value: number): Tensor => ({ type: 'float32', dims: [1, 1], data: Float32Array.of(value) });

t.test('runs are joined by what all of them have', async (t) => {
  t.same(joinRuns([{ y: one(1), z: one(2) }, { y: one(3) }]), { y: { type: 'float32', dims: [2, 1], data: Float32Array.of(1, 3) } });
  t.same(joinRuns([{ y: one(1) }, { y: one(3), z: one(2) }]), { y: { type: 'float32', dims: [2, 1], data: Float32Array.of(1, 3) } });
});

t.test('the cost of joining grows with the number of runs, not with its square', async (t) => {
  let reads = 0;
  const counted = (value: number): TensorMap => Object.defineProperty({}, 'y', { enumerable: true, get: () => (reads++, one(value)) });
  const runs = Array.from({ length: 500 }, (_, run) => counted(run));
  t.match(joinRuns(runs), { y: { dims: [500, 1] } });
  t.ok(reads <= 5 * runs.length, `${reads} reads of ${runs.length} runs`);
});
