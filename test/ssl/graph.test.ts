import t from 'tap';
import { affinityGraph, spreadLabels, type Graph } from '../../bench/ssl/metaerr/label-spreading.js';
import { nearestRows } from '../../bench/ssl/metaerr/neighbour-graph.js';
import { failureLogits, logitsOf, meanOf } from '../../bench/ssl/metaerr/probabilities.js';
import { smoothed } from '../../bench/ssl/metaerr/smoothing.js';

const near = (values: Iterable<number>, digits = 6): number[] => Array.from(values, (value) => Number(value.toFixed(digits)));

t.test('the nearest other rows, nearest first', async (t) => {
  const { neighbours, squared } = await nearestRows({ rows: 4, width: 1, data: Float32Array.of(0, 1, 3, 7) }, 2);
  t.same([...neighbours], [1, 2, 0, 2, 1, 0, 2, 1]);
  t.same([...squared], [1, 9, 1, 4, 4, 9, 16, 36]);
});

t.test('affinities: Gaussian by the distances to the last neighbours, symmetric, normalized by both degrees', async (t) => {
  // One neighbour each: 0 and 1 have each other (distance 1), 2 has 1 (distance 2).
  const { from, to, weights } = affinityGraph(await nearestRows({ rows: 3, width: 1, data: Float32Array.of(0, 1, 3) }, 1));
  t.same([...from], [0, 1, 3, 4]);
  t.same([...to], [1, 0, 2, 1]);
  const [a, b] = [Math.exp(-1), Math.exp(-4 / 2)];
  const degrees = [a, a + b, b];
  const of = (weight: number, i: number, j: number): number => weight / Math.sqrt((degrees[i] ?? 0) * (degrees[j] ?? 0));
  t.same(near(weights), near([of(a, 0, 1), of(a, 1, 0), of(b, 1, 2), of(b, 2, 1)]));
});

/** Two pairs of rows that know only each other. */
const PAIRS: Graph = { from: Int32Array.of(0, 1, 2, 3, 4), to: Int32Array.of(1, 0, 3, 2), weights: new Float64Array(4).fill(1) };

t.test('label spreading: each row ends with the class of its component; classes count by their labels', (t) => {
  t.same(near(spreadLabels(PAIRS, Int32Array.of(0, -1, 1, -1), 2)), [1, 0, 1, 0, 0, 1, 0, 1]);
  t.same(near(spreadLabels(PAIRS, Int32Array.of(0, -1, -1, -1), 2)), [1, 0, 1, 0, 0.5, 0.5, 0.5, 0.5], 'a row that no label reaches');
  // Rows 0 and 1 have both labels: the fixed point of F0 = a F1 + (1 - a) Y0 gives shares 1 / (1 + a) and a / (1 + a); 60 steps are not all of it.
  const [own = 0, other = 0] = spreadLabels(PAIRS, Int32Array.of(0, 1, -1, -1), 2);
  t.ok(own > other);
  t.equal((own + other).toFixed(9), '1.000000000');
  t.end();
});

t.test('smoothing: the fixed point of F = .8 S F + .2 P', (t) => {
  const start = Float64Array.of(1, 0, 0.5, 0.5, 0, 1, 0, 1);
  // F0 = .8 F1 + .2 P0 and F1 = .8 F0 + .2 P1: F0 = (.2 P0 + .16 P1) / .36.
  const first = (0.2 + 0.08) / 0.36;
  const second = (0.1 + 0.16) / 0.36;
  t.same(near(smoothed(PAIRS, start, 2), 3), near([first, 1 - first, second, 1 - second, 0, 1, 0, 1], 3));
  t.end();
});

t.test('failure logits of labels under probabilities', (t) => {
  const logits = failureLogits(Float64Array.of(0.75, 0.25, 0, 1), Int32Array.of(0, 0), 2, 0.01);
  t.same(near(logits), near([Math.log(0.25 / 0.75), Math.log(0.99 / 0.01)]));
  t.same(near(logitsOf(Float64Array.of(0.5, 0), 0.2)), near([0, Math.log(0.2 / 0.8)]));
  t.same([...meanOf([Float64Array.of(1, 2), Float64Array.of(3, 6)])], [2, 4]);
  t.end();
});
