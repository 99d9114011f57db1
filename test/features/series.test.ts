import fc from 'fast-check';
import t from 'tap';
import type { TensorInfo } from '../../src/engine/tensor.js';
import type { FeaturePlan } from '../../src/meta/features/plan.js';
import { seriesWindows } from '../../src/meta/features/series-kernels.js';
import { seriesShape } from '../../src/meta/features/series-plan.js';
import type { SeriesFeature } from '../../src/meta/features/series-plan.js';
import { agrees } from '../support/feature-reference.js';
import { floats, info, oneInput, plan, runFeatures } from '../support/feature-run.js';
import { seriesReference } from '../support/series-reference.js';
import type { Series } from '../support/series-reference.js';

/** Channels with a beat and a level of their own, and something irregular. */
const wave = (channels: number, length: number, seed = 0): Series =>
  Array.from({ length: channels }, (_, c) => Array.from({ length }, (_, i) => (c + 1) * Math.sin((i * (c + 2)) / 5 + seed) + Math.sin(i * i + 7 * seed + c) + 2 * c));

const turned = (series: Series): number[] => (series[0] ?? []).flatMap((_, i) => series.map((channel) => channel[i] ?? NaN));

async function run(dims: TensorInfo['dims'], rows: readonly Series[], changes: Partial<FeaturePlan> = {}): Promise<{ features: Float32Array[]; series: SeriesFeature | undefined }> {
  const wanted = plan({ inputs: [info('x', 'float32', dims)], ...changes });
  const [series, [channels, length]] = [oneInput('float32', dims, changes)?.series, [rows[0]?.length ?? 0, rows[0]?.[0]?.length ?? 0]];
  const values = rows.flatMap((row) => (series?.timeFirst ? turned(row) : row.flat()));
  const given = dims.slice(1).map((dim) => dim ?? length);
  const { features, layout } = await runFeatures(wanted, { x: floats([rows.length, ...given], values) });
  t.equal(values.length, rows.length * channels * length);
  return { features: rows.map((_, i) => features.slice(i * layout.width, (i + 1) * layout.width)), series };
}

const isNear = (actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): boolean =>
  actual?.length === expected.length && Array.from(expected).every((value, i) => agrees(actual[i], value, 2e-3, 2e-3));

t.test('what a series is, by the shape of a row', async (t) => {
  const one = { channels: 1, timeFirst: false };
  t.same(seriesShape([1, 128], 'auto'), { ...one, length: 128 });
  t.same(seriesShape([128, 1], 'auto'), { ...one, length: 128 });
  t.same(seriesShape([1, 1, 128], 'auto'), { ...one, length: 128 });
  t.same(seriesShape([null, 1], 'auto'), { ...one, length: null });
  t.same(seriesShape([6, 100], 'auto'), { channels: 6, timeFirst: false, length: 100 });
  t.same(seriesShape([100, 6], 'auto'), { channels: 6, timeFirst: true, length: 100 });
  t.same(seriesShape([2, 1, 128], 'auto'), { channels: 2, timeFirst: false, length: 128 });
  t.same(seriesShape([null, 64], 'auto'), { channels: 64, timeFirst: true, length: null });
  t.same(seriesShape([64, null], 'auto'), { channels: 64, timeFirst: false, length: null });
  t.same(seriesShape([40, 160], 'auto'), { channels: 40, timeFirst: false, length: 160 });
  t.same(seriesShape([128], 'all'), { ...one, length: 128 });
  const none: (number | null)[][] = [[], [1], [1, 1], [31, 1], [1, 31], [128], [null], [40, 159], [28, 28], [null, null], [null, 65], [2, 3, 128], [1, 28, 28]];
  for (const dims of none) t.equal(seriesShape(dims, 'auto'), null, JSON.stringify(dims));
  t.equal(seriesShape([31], 'all'), null);
  t.equal(seriesShape([1, 128], 'none'), null);
});

t.test('how an input is described', async (t) => {
  const one = (dims: TensorInfo['dims'], changes: Partial<FeaturePlan> = {}) => oneInput('float32', [null, ...dims], changes);
  t.match(one([1, 128]), { method: 'series', width: 2 + 3 * 84, series: { kernels: 84, seen: 1 } });
  t.match(one([100, 6]), { method: 'series', width: 13 + 3 * 81, series: { kernels: 81, seen: 6 } });
  t.match(one([40, 200]), { method: 'series', width: 65 + 3 * 63, series: { kernels: 63, seen: 32 } });
  t.match(one([1, 128], { maxWidth: 50 }), { method: 'series', width: 50, series: { kernels: 16 } });
  t.match(one([1, 128], { maxWidth: 49 }), { method: 'projection', width: 49 }, 'too little room');
  t.match(one([40, 200], { maxWidth: 100 }), { method: 'projection', width: 100 });
  t.match(one([128]), { method: 'identity', width: 128 });
  t.match(one([128], { series: 'all' }), { method: 'series', width: 254 });
  t.match(one([1, 128], { series: 'none' }), { method: 'identity', width: 128 });
  t.match(one([1, 40, 200]), { method: 'gradients' }, 'an axis for channels of a picture');
  t.match(one([9, 128]), { method: 'series' });
  t.match(one([9, 128], { pictures: new Map([['x', { height: 9, width: 128, channels: 1, order: 'CHW' }]]) }), { method: 'gradients' }, 'what metaerr.yaml says goes first');
  t.match(one([9, 128], { series: 'none' }), { method: 'projection', width: 256 });
  t.match(oneInput('int16', [null, 1, 128]), { method: 'series' });
});

t.test('a series of one channel, short or with room for more, stands value by value before what happens in it, for it may be a table', async (t) => {
  const one = (dims: TensorInfo['dims'], changes: Partial<FeaturePlan> = {}) => oneInput('float32', [null, ...dims], changes);
  t.match(one([40, 1]), { method: 'series', width: 40 + 2 + 3 * 71, series: { values: 40, kernels: 71 } });
  t.match(one([1, 100]), { width: 100 + 2 + 3 * 51, series: { values: 100, kernels: 51 } });
  t.match(one([128, 1], { maxWidth: 382 }), { width: 382, series: { values: 128, kernels: 84 } }, 'a longer one where it costs no kernels');
  for (const [dims, changes] of [[[1, 101]], [[128, 1], { maxWidth: 381 }], [[null, 1]], [[8, 64]], [[1, 40], { maxWidth: 185 }]] as [TensorInfo['dims'], Partial<FeaturePlan>?][]) {
    t.equal(one(dims, changes)?.series?.values, undefined, JSON.stringify(dims));
  }
  const inputs = [info('age', 'float32', [null, 1]), info('x', 'float32', [null, 40, 1])];
  const { layout, features } = await runFeatures(plan({ inputs }), { age: floats([1, 1], [40]), x: floats([1, 40, 1], wave(1, 40).flat()) });
  t.same(layout.series, [{ start: 1, middle: 41, end: layout.inputWidth }]);
  t.same(features.slice(1, 41), Float32Array.from(wave(1, 40).flat()));
  const { layout: plain } = await runFeatures(plan({ inputs: [inputs[0]!] }), { age: floats([1, 1], [40]) });
  t.notOk('series' in plain);
});

t.test('a series shares the room with other inputs; an output is none', async (t) => {
  const inputs = [info('x', 'float32', [null, 1, 500]), info('age', 'float32', [null, 1])];
  const { layout } = await runFeatures(plan({ inputs }), { x: floats([1, 1, 500], wave(1, 500).flat()), age: floats([1, 1], [40]) });
  t.match(layout.inputs, [{ method: 'series', width: 254 }, { method: 'identity', width: 1 }]);
  const crowded = plan({ inputs: [inputs[0]!, ...Array.from({ length: 230 }, (_, i) => info(`c${i}`, 'float32', [null, 1]))] });
  const pool = { x: floats([1, 1, 500], wave(1, 500).flat()), ...Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`c${i}`, floats([1, 1], [i])])) };
  t.match((await runFeatures(crowded, pool)).layout.inputs[0], { method: 'projection', width: 26 });
  const output = info('y', 'float32', [null, 1, 64]);
  t.match((await runFeatures(plan({ inputs: [info('a', 'float32', [null, 2])], outputs: [output] }), { a: floats([1, 2], [1, 2]), y: floats([1, 1, 64], wave(1, 64).flat()) })).layout.inputs[1], { method: 'identity', width: 64 });
});

t.test('as counted one by one: one channel and several, time last and first, many channels, flat rows', async (t) => {
  const cases: [TensorInfo['dims'], number, number, Partial<FeaturePlan>?][] = [
    [[null, 1, 128], 1, 128],
    [[null, 128, 1], 1, 128],
    [[null, 6, 101], 6, 101],
    [[null, 101, 6], 6, 101],
    [[null, 3, 1, 64], 3, 64],
    [[null, 40, 160], 40, 160],
    [[null, 160, 40], 40, 160],
    [[null, 96], 1, 96, { series: 'all' }],
  ];
  for (const [dims, channels, length, changes] of cases) {
    const rows = [wave(channels, length), wave(channels, length, 1)];
    const { features, series } = await run(dims, rows, changes);
    if (series === undefined) return t.fail('no series');
    t.ok(rows.every((row, i) => isNear(features[i], seriesReference(row, series))), JSON.stringify(dims));
  }
  return undefined;
});

t.test('of any length, short ones filled up with their mean', async (t) => {
  for (const [dims, channels] of [[[null, null, 2], 2], [[null, 2, null], 2], [[null, 1, null], 1], [[null, null, 40], 40]] as const) {
    for (const length of [256, 300, 33, 5, 1]) {
      const rows = [wave(channels, length), wave(channels, length, 3)];
      const { features, series } = await run(dims, rows);
      if (series === undefined) return t.fail('no series');
      t.ok(rows.every((row, i) => isNear(features[i], seriesReference(row, series, 32))), `${JSON.stringify(dims)} ${length}`);
    }
  }
  const [fixed, any] = [await run([null, 1, 256], [wave(1, 256)]), await run([null, 1, null], [wave(1, 256)])];
  t.ok(isNear(fixed.features[0], any.features[0] ?? []), 'the same whether the length is declared or not');
});

t.test('levels of detail end where two kernels fill the series', async (t) => {
  t.same(seriesWindows(32), [1, 2]);
  t.same(seriesWindows(27), [1]);
  t.same(seriesWindows(128), [1, 2, 4, 8]);
  t.same(seriesWindows(null), seriesWindows(256));
  t.equal(seriesWindows(16_000).at(-1), 1024);
});

t.test('units change nothing but level and strength', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.01, max: 1e4, noNaN: true }), fc.double({ min: -100, max: 100, noNaN: true }), async (factor, offset) => {
      const plain = wave(1, 128);
      const { features } = await run([null, 1, 128], [plain, plain.map((channel) => channel.map((value) => factor * (value + offset)))]);
      const [first, second] = features;
      const isSame = first?.subarray(2).every((value, i) => Math.abs(value - (second?.[i + 2] ?? NaN)) < 0.1) ?? false;
      const strength = (row: Float32Array | undefined): number => Math.exp((row?.[1] ?? NaN) / 4) - 1e-3;
      return isSame && agrees(strength(second), factor * strength(first), 0.01, 0.01);
    }),
    { numRuns: 30 },
  );
});

t.test('a channel in other units is seen as well as before', async (t) => {
  const plain = wave(2, 128);
  const small = [plain[0] ?? [], (plain[1] ?? []).map((value) => value / 1000)];
  const { features } = await run([null, 2, 128], [plain, small]);
  t.ok(isNear(features[0]?.subarray(5), features[1]?.subarray(5) ?? []), 'what happens in it');
  t.ok((features[1]?.[3] ?? 0) < (features[0]?.[3] ?? 0) - 10, 'how weak it is');
});

t.test('what happens is the same wherever it happens; that it comes later shows in a third of the numbers', async (t) => {
  const event = (from: number): Series => [Array.from({ length: 128 }, (_, i) => (i >= from && i < from + 16 ? Math.sin((i - from) / 2) : 0))];
  const [early, soon, late] = (await run([null, 1, 128], [event(24), event(32), event(88)])).features;
  const distance = (a: Float32Array | undefined, b: Float32Array | undefined, isShift: (i: number) => boolean): number =>
    Math.sqrt((a ?? new Float32Array()).reduce((sum, value, i) => sum + (isShift(i) ? (value - (b?.[i] ?? NaN)) ** 2 : 0), 0));
  /** 84 kernels on four levels of 21, whose third 21 numbers are the shifts. */
  const [isShift, isNone] = [(i: number): boolean => i >= 2 && Math.floor((i - 2) / 21) % 3 === 2, (i: number): boolean => i < 2 || Math.floor((i - 2) / 21) % 3 !== 2];
  const still = (early ?? new Float32Array()).map(() => 0);
  t.ok(distance(early, soon, isNone) < 0.05 * distance(early, still, isNone));
  t.ok(distance(early, late, isNone) < 0.05 * distance(early, still, isNone));
  t.ok(distance(early, late, isShift) > 4 * distance(early, soon, isShift), `${distance(early, late, isShift)} ${distance(early, soon, isShift)}`);
});

t.test('still and broken series have finite features', async (t) => {
  const still = [new Array<number>(64).fill(3), new Array<number>(64).fill(0)];
  const broken = [new Array<number>(64).fill(NaN), Array.from({ length: 64 }, (_, i) => (i % 7 === 0 ? Infinity : i))];
  const tiny = wave(2, 64).map((channel) => channel.map((value) => value * 1e-12));
  const { features } = await run([null, 2, 64], [still, broken, tiny, wave(2, 64)]);
  t.ok(features.every((row) => row.every(Number.isFinite)));
  t.ok(Math.abs(features[0]?.reduce((a, b) => Math.max(a, Math.abs(b)), 0) ?? NaN) < 40, 'no outlier');
  t.ok(isNear(features[2]?.subarray(5), features[3]?.subarray(5) ?? []), 'in tiny units as in others');
  const empty = await run([null, null, 1], [[[]], [[]]]);
  t.ok(empty.features.every((row) => row.every(Number.isFinite)), 'without any step');
});
