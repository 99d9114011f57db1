import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { transformedWidth, type StandardizedInputs } from '../../src/meta/experts/input-transform.js';
import type { FeatureRows } from '../../src/meta/fit/feature-rows.js';
import { fitOnlyReading, fitReadings } from '../../src/meta/fit/fit-readings.js';
import { isMixedTable } from '../../src/meta/fit/mixed-table.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { computeSignals } from '../../src/meta/fit/stages.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const ROWS = 400;

function rowsOf(columns: readonly (readonly number[])[]): FeatureRows {
  const width = columns.length;
  return { rows: ROWS, inputWidth: width, width, features: Float32Array.from({ length: ROWS * width }, (_, i) => columns[i % width]![Math.floor(i / width)]!) };
}

async function readings(rows: FeatureRows): Promise<{ readonly plain: StandardizedInputs; readonly ordered: StandardizedInputs | null }> {
  const { plain, ordered } = await fitReadings(rows, {});
  if (plain.kind !== 'standardized') throw new Error('expected standardized columns');
  return { plain, ordered };
}

async function orderedOf(rows: FeatureRows): Promise<StandardizedInputs> {
  return (await readings(rows)).ordered!;
}

async function xiOf(rows: FeatureRows, transform: StandardizedInputs): Promise<readonly Float32Array[]> {
  const { inputWidth, width } = rows;
  const form = { kind: 'outcomes', behaviour: { kind: 'none' }, inputWidth, width, references: 2, temperature: 1 } as const;
  const { data, width: count } = (await computeSignals(rows, form, transform, {})).transformed!;
  return Array.from({ length: count }, (_, j) => Float32Array.from({ length: ROWS }, (_, i) => data[i * count + j]!));
}

const meanSquare = (values: Float32Array): number => values.reduce((sum, x) => sum + x * x, 0) / values.length;
const random = createRandom(11);
const normal = Array.from({ length: ROWS }, () => 3 + random.normal());
const tail = Array.from({ length: ROWS }, () => Math.exp(2 * random.normal()));
const rare = Array.from({ length: ROWS }, (_, i) => (i % 40 === 0 ? 1 : 0));

t.test('normal columns stay as they are, long tails have both readings, two values their order alone', async (t) => {
  const rows = rowsOf([normal, tail, Array.from({ length: ROWS }, () => 5), rare]);
  const [{ plain }, ordered] = [await readings(rows), await orderedOf(rows)];
  t.same([...plain.standardizer.kept], [0, 1, 3]);
  t.same([...ordered.standardizer.kept], [0, 1]);
  t.same([...ordered.ordered!.scores.columns], [1, 3]);
  t.equal(transformedWidth(ordered), 4);
  const [ofNormal, ofTail, , rareScores] = await xiOf(rows, ordered);
  const [before, tailBefore, rareBefore] = await xiOf(rows, plain);
  t.same(ofNormal, before, 'equal to the last bit');
  t.ok(Math.abs(meanSquare(ofTail!) / meanSquare(tailBefore!) - 0.5) < 1e-5, 'half of the squared distance');
  t.ok(Math.max(...rareBefore!) === 5 && Math.max(...rareScores!) < 2.5, 'the rare value is no longer the largest number of a row');
  const gap = Math.max(...rareScores!) - Math.min(...rareScores!);
  t.ok(Math.abs(gap - Math.SQRT1_2) < 1e-5, 'in a table of unlike columns another category is one standard deviation');
});

t.test('the order of a tail tells rows apart that standardizing does not', async (t) => {
  const rows = rowsOf([normal, tail]);
  const scores = (await xiOf(rows, await orderedOf(rows)))[2]!;
  const deviation = Math.sqrt(meanSquare(scores));
  t.ok(Math.abs(deviation - Math.SQRT1_2) < 0.05, `${deviation}: half of the squared distance of a standard normal column`);
});

t.test('nothing where every column is nearly normal', async (t) => {
  const uniform = Array.from({ length: ROWS }, () => random.uniform());
  const rows = rowsOf([normal, uniform]);
  t.equal((await readings(rows)).ordered, null);
});

t.test('indicators alone leave no standardized column', async (t) => {
  const rows = rowsOf([rare, Array.from({ length: ROWS }, (_, i) => i % 2)]);
  const ordered = await orderedOf(rows);
  t.equal(ordered.standardizer.kept.length, 0);
  t.equal((await xiOf(rows, ordered)).length, 2);
});

t.test('a few columns that are read by their order leave a table as it was', async (t) => {
  const few = rowsOf([normal, rare, ...Array.from({ length: 9 }, () => Array.from({ length: ROWS }, () => random.normal()))]);
  const { ordered, isUneven } = await fitReadings(few, {});
  t.notOk(isUneven);
  const scores = (await xiOf(few, ordered!)).at(-1)!;
  t.ok(Math.max(...scores) - Math.min(...scores) > 2, 'the scores of an indicator are as far apart as they are');
  t.ok((await fitReadings(rowsOf([normal, tail]), {})).isUneven, 'long tails count too');
});

t.test('wide tables of numbers and categories have a reading of their columns beside their principal components; other wide inputs have not', async (t) => {
  const indicators = Array.from({ length: 100 }, (_, j) => Array.from({ length: ROWS }, (_, i) => Number((i * 7 + j) % 20 === 0)));
  const { plain, ordered, isUneven } = await fitReadings(rowsOf([normal, tail, ...indicators]), {});
  t.equal(plain.kind, 'principal');
  t.equal(transformedWidth(ordered!), 103, 'all columns, the tail twice');
  t.ok(isUneven);
  t.same(await fitOnlyReading(rowsOf([normal, tail, ...indicators]), {}), ordered, 'without labels too');
  t.equal((await fitOnlyReading(rowsOf([normal, tail, rare]), {}) as StandardizedInputs).ordered, null, 'which narrow tables have not');
  const numbers = Array.from({ length: 90 }, () => Array.from({ length: ROWS }, () => random.normal()));
  const even = await fitReadings(rowsOf([tail, ...numbers, ...indicators.slice(0, 20)]), {});
  t.match(even, { plain: { kind: 'principal' }, ordered: null, isUneven: false });
  const missing = rowsOf([normal, ...indicators.map((values) => values.map((value, i) => (i % 5 === 0 ? NaN : value)))]);
  t.ok(isMixedTable(missing), 'a missing value is no third');
  t.notOk(isMixedTable(rowsOf([Array.from({ length: ROWS }, () => 1)])), 'nothing varies');
});

t.test('missing values are left out of the order and become the mean', async (t) => {
  const missing = tail.map((value, i) => (i % 3 === 0 ? NaN : value));
  const rows = rowsOf([missing]);
  const ordered = await orderedOf(rows);
  const scores = (await xiOf(rows, ordered))[1]!;
  t.same(missing.map((value) => Number.isNaN(value)), Array.from(scores, (score) => score === 0));
});

/** A window whose inputs are what `change` makes of them. */
function changed(change: (value: number) => number) {
  const { window, behaviour } = syntheticWindow({ rows: 3000, inputWidth: 4, classes: 4, seed: 8, separation: 2, seen: 3 });
  const features = window.features.map((value, i) => (i % window.width < 4 ? change(value) : value));
  return { labelled: sliceWindow({ ...window, features }, 0, 800), later: sliceWindow({ ...window, features }, 800, 3000), behaviour };
}

/** Most rows lie together, whatever their class; those of the rest lie around points of their own, far off and closely packed. */
function clusters() {
  const { window, behaviour } = syntheticWindow({ rows: 800, inputWidth: 4, classes: 4, seed: 8, separation: 1, seen: 2 });
  const random = createRandom(6);
  const centres = Array.from({ length: 12 }, () => Array.from({ length: 4 }, () => 20 * Math.floor(1 + 6 * random.uniform())));
  const features = window.features.slice();
  window.truths.forEach((truth, row) => {
    const centre = centres[3 * truth + random.int(3)]!;
    const isFar = random.uniform() < 0.2;
    for (let j = 0; j < 4; j++) features[row * window.width + j] = isFar ? centre[j]! + 0.1 * random.normal() : random.normal();
  });
  return { labelled: { ...window, features }, behaviour };
}

t.test('long tails are read by their order where that tells failures better, and what is served reads them so too', async (t) => {
  const { labelled, later, behaviour } = changed((value) => Math.exp(2 * value));
  const fitted = await fitMetaModel(labelled, { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null });
  t.equal(fitted.diagnostics.orderedColumns, 4);
  const { brier } = summarize(Float64Array.from(await serve(fitted.onnx, later.features, later.width)), later.failures);
  const outOfFold = summarize(fitted.outOfFold, labelled.failures).brier!;
  t.ok(Math.abs(Math.log(outOfFold / brier!)) < 0.15, `Brier ${outOfFold} out of fold, ${brier} on later rows`);
});

t.test('normal inputs are read as they always were', async (t) => {
  const { labelled, behaviour } = changed((value) => value);
  t.equal((await fitMetaModel(labelled, { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null })).diagnostics.orderedColumns, 0);
});

t.test('far clusters are read as they are: their order would close the gaps between them', async (t) => {
  const { labelled, behaviour } = clusters();
  t.ok((await readings(labelled)).ordered !== null, 'the columns are far from normal');
  t.equal((await fitMetaModel(labelled, { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null })).diagnostics.orderedColumns, 0);
});
