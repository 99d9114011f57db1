import fc from 'fast-check';
import t from 'tap';
import { evaluateMembers, evaluateNets } from '../../src/meta/training/net-evaluation.js';
import { initialWeights } from '../../src/meta/training/net-initial.js';
import type { NetWeights } from '../../src/meta/training/net-types.js';
import { createRandom } from '../../src/meta/training/random.js';
import { forward, memberParameters, randomValues } from '../support/training-reference.js';

interface Case {
  readonly members: number;
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly rows: number;
  readonly seed: number;
}

function randomNets(options: Case): { weights: NetWeights; inputs: Float32Array } {
  const random = createRandom(options.seed, 1);
  const initial = initialWeights({ ...options, zeroOutput: false });
  const weights = { ...initial, b1: randomValues(random, initial.b1.length), b2: randomValues(random, initial.b2.length) };
  return { weights, inputs: randomValues(random, options.rows * options.width) };
}

/** Largest difference from the reference of one member's outputs on the chosen rows. */
function differenceOf(weights: NetWeights, inputs: Float32Array, member: number, chosen: Iterable<number>, outputs: Float32Array): number {
  const parameters = memberParameters(weights, member);
  let largest = 0;
  let index = 0;
  for (const row of chosen) {
    for (const value of forward(parameters, weights, inputs.subarray(row * weights.width, (row + 1) * weights.width))) {
      largest = Math.max(largest, Math.abs(value - (outputs[index++] ?? NaN)));
    }
  }
  return index === outputs.length ? largest : NaN;
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const cases: fc.Arbitrary<Case> = fc.record({ members: upTo(4), width: upTo(6), hidden: upTo(8), outputs: upTo(4), rows: upTo(20), seed: fc.nat() });

t.test('every member on every row', async (t) => {
  await fc.assert(
    fc.asyncProperty(cases, async (options) => {
      const { weights, inputs } = randomNets(options);
      const outputs = await evaluateNets(weights, inputs, options.rows);
      const size = options.rows * options.outputs;
      t.equal(outputs.length, options.members * size);
      for (let member = 0; member < options.members; member++) {
        const difference = differenceOf(weights, inputs, member, Array(options.rows).keys(), outputs.subarray(member * size, (member + 1) * size));
        t.ok(difference < 1e-4, `largest difference ${difference}`);
      }
    }),
    { numRuns: 25 },
  );
});

t.test('each member on its own rows, in their order, repeats and none included', async (t) => {
  const rowSets = fc.array(fc.array(fc.nat({ max: 19 }), { maxLength: 12 }), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(cases, rowSets, async (options, sets) => {
      const { weights, inputs } = randomNets({ ...options, rows: 20 });
      const chosen = sets.slice(0, options.members).map((rows) => Int32Array.from(rows));
      const outputs = await evaluateMembers(weights, inputs, 20, chosen);
      t.equal(outputs.length, options.members);
      for (const [member, values] of outputs.entries()) {
        const difference = differenceOf(weights, inputs, member, chosen[member] ?? [], values);
        t.ok(difference < 1e-4, `largest difference ${difference}`);
      }
    }),
    { numRuns: 25 },
  );
});

t.test('more rows than one run takes', async (t) => {
  // 2 members x 1,024 hidden units: 512 rows a run.
  const options: Case = { members: 2, width: 2, hidden: 1024, outputs: 3, rows: 1100, seed: 3 };
  const { weights, inputs } = randomNets(options);
  const outputs = await evaluateNets(weights, inputs, options.rows);
  for (const member of [0, 1]) {
    const difference = differenceOf(weights, inputs, member, Array(1100).keys(), outputs.subarray(member * 3300, (member + 1) * 3300));
    t.ok(difference < 1e-3, `largest difference ${difference}`);
  }
});

t.test('arguments that do not fit are refused', async (t) => {
  const { weights, inputs } = randomNets({ members: 2, width: 3, hidden: 2, outputs: 1, rows: 4, seed: 1 });
  await t.rejects(evaluateNets(weights, inputs, 5), { name: 'RangeError', message: 'inputs must hold rows x width = 15 values, not 12' });
  const oneSet = evaluateMembers(weights, inputs, 4, [Int32Array.of(0)]);
  await t.rejects(oneSet, { name: 'RangeError', message: 'rowsPerMember must have 2 entries, not 1' });
});
