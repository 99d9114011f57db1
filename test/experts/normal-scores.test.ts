import t from 'tap';
import { emitNormalScores } from '../../src/meta/experts/normal-scores.js';
import { scoresOf, shapeOf, type ScoreLine } from '../../src/meta/fit/fit-normal-scores.js';
import { createRandom } from '../../src/meta/training/random.js';
import { near, runEmitted } from '../support/experts-graph.js';

const asItIs = (value: number): number => value;
const shape = (values: readonly number[]) => shapeOf(Float32Array.from(values).sort(), asItIs);

/** The line at a value, in float64. */
function plainScore({ values, scores }: ScoreLine, value: number): number {
  const after = values.findIndex((knot) => knot >= value);
  if (after <= 0) return after === 0 ? scores[0]! : scores[scores.length - 1]!;
  const part = (value - values[after - 1]!) / (values[after]! - values[after - 1]!);
  return scores[after - 1]! + part * (scores[after]! - scores[after - 1]!);
}

t.test('normal scores by hand: quartiles of the normal distribution, ties share theirs, the mean is 0', (t) => {
  const two = shape([0, 0, 0, 1]);
  t.equal(two.levels, 2);
  // Shares of rows below: 1.5 / 4 and 3.5 / 4; quantiles -0.3186 and 1.1503, whose mean over the rows is 0.0486.
  t.same(two.line.values, [0, 1]);
  t.ok(near(two.line.scores, [-0.3672, 1.1017], 1e-3));
  const even = shape([1, 2, 3, 4, 5]);
  t.ok(near(even.line.scores, [-1.2816, -0.5244, 0, 0.5244, 1.2816], 1e-3));
  t.end();
});

t.test('how far a column is from normal', (t) => {
  const random = createRandom(1);
  const normal = Array.from({ length: 2000 }, () => random.normal());
  t.ok(shape(normal).likeness > 0.995);
  t.ok(shape(normal.map((x) => Math.exp(1.5 * x))).likeness < 0.8, 'a long tail');
  t.ok(shape(normal.map((x) => (x > 0.5 ? Math.exp(2 * x) : 0))).likeness < 0.7, 'mostly one value, and a long tail');
  t.ok(shape(normal.map((x) => -3 * x + 100)).likeness > 0.995, 'shifted, scaled and turned round by its mirror');
  t.end();
});

t.test('a line through many values has 33 knots at most, rises, and is close to every score', (t) => {
  const random = createRandom(2);
  const values = Array.from({ length: 5000 }, () => Math.fround(Math.exp(2 * random.normal())));
  const { line } = shape(values);
  t.ok(line.values.length <= 33 && line.values.length > 25, `${line.values.length} knots`);
  t.ok([line.values, line.scores].every((knots) => knots.every((knot, k) => k === 0 || knot > knots[k - 1]!)));
  const sorted = Float64Array.from(values).sort();
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    const expected = { 0.1: -1.2816, 0.3: -0.5244, 0.5: 0, 0.7: 0.5244, 0.9: 1.2816 }[share]!;
    t.ok(Math.abs(plainScore(line, sorted[5000 * share]!) - expected) < 0.03);
  }
  t.end();
});

t.test('the graph equals the lines, over any range of values', async (t) => {
  const random = createRandom(3);
  const columns = [
    Array.from({ length: 600 }, () => Math.min(1e15, Math.exp(12 * random.normal()))),
    Array.from({ length: 600 }, () => (random.uniform() < 0.03 ? 1 : 0)),
    Array.from({ length: 600 }, () => 1e6 + Math.floor(5 * random.uniform())),
  ].map((column) => column.map(Math.fround));
  const lines = columns.map((column) => shape(column).line);
  const scores = scoresOf([0, 2, 3], lines, [1, 0.5, 2]);
  const rows = columns[0]!.map((first, i) => [first, 7, columns[1]![i]!, columns[2]![i]!]);
  rows.push([0, 7, 0.5, 1e6 + 1.5], [-3, 7, -1, 0], [1e30, 7, 2, 2e6]);
  const { out } = await runEmitted({ x: rows }, (graph, { x }) => ({ out: emitNormalScores(graph, x!, scores) }));
  const expected = rows.map((row) => [plainScore(lines[0]!, row[0]!), 0.5 * plainScore(lines[1]!, row[2]!), 2 * plainScore(lines[2]!, row[3]!)]);
  t.same(rows.filter((_, i) => !near(out[i]!, expected[i]!, 2e-4)), [], 'all rows agree');
});

t.test('NaN has the mean, infinite values the outermost scores', async (t) => {
  const { line } = shape([1, 2, 3]);
  const { out } = await runEmitted({ x: [[NaN], [Infinity], [-Infinity], [3], [1]] }, (graph, { x }) => ({ out: emitNormalScores(graph, x!, scoresOf([0], [line], [1])) }));
  const [nan, most, least, three, one] = out.flat();
  t.equal(nan, 0);
  t.equal(most, three);
  t.equal(least, one);
});
