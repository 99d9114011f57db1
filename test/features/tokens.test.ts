import fc from 'fast-check';
import t from 'tap';
import type { Tensor } from '../../src/engine/tensor.js';
import { agrees } from '../support/feature-reference.js';
import { floats, info, oneInput, plan, runFeatures } from '../support/feature-run.js';

const WIDTH = 256;
const BUCKETS = WIDTH - 1;

const ids = (rows: readonly (readonly number[])[]): Tensor => ({ type: 'int64', dims: [rows.length, rows[0]?.length ?? 0], data: BigInt64Array.from(rows.flat(), BigInt) });

/** What the features of a row must be, counted one by one. */
function reference(row: readonly number[], mask: readonly number[] = row.map(() => 1)): number[] {
  const sums = new Array<number>(BUCKETS).fill(0);
  row.forEach((id, i) => {
    const hash = (BigInt(id) * 1_103_515_245n + 12_345n) % 2_147_483_647n;
    const bucket = Number(hash % BigInt(BUCKETS));
    sums[bucket] = (sums[bucket] ?? 0) + ((hash / BigInt(BUCKETS)) % 2n === 0n ? 1 : -1) * (mask[i] ?? NaN);
  });
  const roots = sums.map((sum) => Math.sign(sum) * Math.sqrt(Math.abs(sum)));
  const norm = Math.sqrt(roots.reduce((sum, value) => sum + value ** 2, 0) / BUCKETS) + 1e-6;
  return [...roots.map((value) => value / norm), 0.3 * Math.log(1 + mask.reduce((a, b) => a + b, 0))];
}

const isNear = (actual: ArrayLike<number>, expected: readonly number[]): boolean => actual.length === expected.length && expected.every((value, i) => agrees(actual[i], value, 1e-4, 1e-4));

t.test('as counted one by one, of a fixed and of any length, in any order', async () => {
  const id = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  const rows = fc.integer({ min: 1, max: 20 }).chain((length) => fc.array(fc.array(id, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (table, isFixed) => {
      const wanted = plan({ inputs: [info('x', 'int64', [null, isFixed ? (table[0]?.length ?? 0) : null])], tokens: new Map([['x', null]]) });
      const { features } = await runFeatures(wanted, { x: ids(table) });
      const turned = await runFeatures(wanted, { x: ids(table.map((row) => [...row].reverse())) });
      return table.every((row, at) => isNear(features.subarray(at * WIDTH, (at + 1) * WIDTH), reference(row))) && isNear(turned.features, [...features]);
    }),
    { numRuns: 25 },
  );
});

t.test('what is masked does not count', async (t) => {
  const inputs = [info('input_ids', 'int64', [null, null]), info('attention_mask', 'int64', [null, null])];
  const wanted = plan({ inputs, tokens: new Map([['input_ids', 'attention_mask']]) });
  const run = (rows: readonly (readonly number[])[], mask: readonly (readonly number[])[]) => runFeatures(wanted, { input_ids: ids(rows), attention_mask: ids(mask) });
  const padded = await run([[101, 7592, 2088, 102, 0, 0]], [[1, 1, 1, 1, 0, 0]]);
  const short = await run([[101, 7592, 2088, 102]], [[1, 1, 1, 1]]);
  t.ok(isNear(padded.features, reference([101, 7592, 2088, 102])));
  t.same([...padded.features], [...short.features], 'padding is as if it were not there');
  t.equal(padded.layout.width, WIDTH);
  t.same(padded.layout.inputs.map(({ method, width }) => [method, width]), [['tokens', WIDTH], ['skip', 0]]);
  const nothing = await run([[0, 0]], [[0, 0]]);
  t.same([...nothing.features], new Array(WIDTH).fill(0));
});

t.test('tokens share their room with other inputs, and need some', async (t) => {
  const tokens = new Map([['x', null]]);
  t.match(oneInput('int64', [null, 40], { tokens }), { method: 'tokens', width: 256 });
  t.match(oneInput('int64', [null, 40], { tokens, maxWidth: 100 }), { method: 'tokens', width: 100 });
  t.match(oneInput('int64', [null, 40], { tokens, maxWidth: 15 }), { method: 'projection', width: 15 });
  t.match(oneInput('int64', [null, 40]), { method: 'identity', width: 40 });
  const both = await runFeatures(plan({ inputs: [info('x', 'int32', [null, 9]), info('age', 'float32', [null, 1])], tokens }), {
    x: { type: 'int32', dims: [1, 9], data: Int32Array.from([5, 6, 7, 8, 9, 10, 11, 12, 13]) }, age: floats([1, 1], [30]),
  });
  t.equal(both.layout.width, 256);
  t.equal(both.features[255], 30);
});
