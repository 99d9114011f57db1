import t from 'tap';
import { labelFree, labelGiven } from '../../../bench/quality/baselines/all.js';
import { eaurc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import { firstRows, fitAndScore, labelled, readableRows, rowsOf } from './rows.js';
import type { LabelledRows } from '../../../bench/quality/baseline.js';

const all = [...labelFree(), ...labelGiven()];
const queries = readableRows(40, 2);
const given = readableRows(90, 1);

/** Labels that are hard on a fit. */
const hardships: Readonly<Record<string, LabelledRows>> = {
  'no row': firstRows(given, 0),
  'one row': firstRows(given, 1),
  'no failure': readableRows(30, 1, () => false),
  'failures only': readableRows(30, 1, () => true),
  'one failure': { ...given, failures: given.failures.map((_, i) => Number(i === 7)) },
  'truths that the base cannot say': { ...given, truths: given.truths.map((truth, i) => (given.failures[i] === 1 ? -1 : truth)) },
  'the same row again and again': labelled(
    rowsOf(Array.from({ length: 30 }, () => [0.5, 0.3, 0.2]), { logits: Array.from({ length: 30 }, () => [3, 2, 1]), inputs: Array.from({ length: 30 }, () => [1, 1]) }),
    Array.from({ length: 30 }, (_, i) => Number(i < 10)),
  ),
  'no logits': { ...given, logits: null },
};

t.test('names are distinct, and say what they need', async (t) => {
  t.equal(new Set(all.map(({ name }) => name)).size, all.length);
  t.ok(labelFree().every(({ needs, competes }) => needs === 'nothing' && competes));
  t.ok(labelGiven().every(({ needs, competes }) => needs === 'labels' && competes));
  t.equal(labelFree()[0]!.name, 'MSP');
});

for (const [hardship, rows] of Object.entries(hardships)) {
  t.test(`numbers for every row, of one kind: ${hardship}`, async (t) => {
    for (const baseline of all) {
      const asked = rows.logits === null ? { ...queries, logits: null } : queries;
      const { scores, areProbabilities } = await fitAndScore(baseline, rows, asked);
      t.equal(scores.length, queries.rows, baseline.name);
      t.ok(scores.every(Number.isFinite), baseline.name);
      t.equal(areProbabilities, (await fitAndScore(baseline, given, queries)).areProbabilities, `${baseline.name}: judged alike`);
      if (areProbabilities) t.ok(scores.every((p) => p >= 0 && p <= 1), `${baseline.name}: probabilities`);
    }
  });
}

t.test('the same rows and seed give the same scores; equal rows get equal scores', async (t) => {
  const twice = firstRows(queries, 2);
  twice.inputs.copyWithin(2, 0, 2);
  twice.logProbabilities.copyWithin(3, 0, 3);
  twice.logits!.copyWithin(3, 0, 3);
  twice.predicted[1] = twice.predicted[0]!;
  for (const baseline of all) {
    const { scores } = await fitAndScore(baseline, given, queries, 5);
    t.same((await fitAndScore(baseline, given, queries, 5)).scores, scores, baseline.name);
    const pair = (await fitAndScore(baseline, given, twice, 5)).scores;
    t.equal(pair[0], pair[1], `${baseline.name}: ties stay ties`);
  }
});

t.test('no rows to score', async (t) => {
  for (const baseline of all) t.equal((await fitAndScore(baseline, given, firstRows(queries, 0))).scores.length, 0, baseline.name);
});

t.test('a baseline leaves the rows as they were', async (t) => {
  const before = structuredClone([given, queries]);
  for (const baseline of all) await fitAndScore(baseline, given, queries);
  t.same([given, queries], before);
});

t.test('confidence that means something is found by every baseline that reads the outputs', async (t) => {
  const confident = (count: number, seed: number) => {
    const rows = readableRows(count, seed);
    // The truth is drawn by its own dice: a row is right with its own probability.
    const dice = readableRows(count, seed + 1000).inputs;
    const failing = rows.predicted.map((label, i) => (dice[2 * i]! > 2 * (Math.exp(rows.logProbabilities[3 * i + label]!) - 0.5) ? (label + 1) % 3 : label));
    return labelled(rows, [...failing]);
  };
  const learnt = confident(300, 20);
  const test = confident(400, 21);
  const random = eaurc(tieGroups(new Float64Array(400), test.failures))!;
  for (const baseline of all.filter(({ name }) => !['net on inputs', 'nearest labelled rows', 'TrustScore'].includes(name))) {
    const { scores } = await fitAndScore(baseline, learnt, test);
    t.ok(eaurc(tieGroups(scores, test.failures))! < 0.95 * random, baseline.name);
  }
});
