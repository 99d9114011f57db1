import t from 'tap';
import { behaviourNet, inputNet } from '../../../bench/quality/baselines/net-baselines.js';
import { plattScaledMsp } from '../../../bench/quality/baselines/platt.js';
import { auroc } from '../../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../../src/meta/evaluation/tie-groups.js';
import type { Baseline, LabelledRows } from '../../../bench/quality/baseline.js';
import { firstRows, labelled, readableRows, scoresOf } from './rows.js';

async function areaOf(baseline: Baseline, given: LabelledRows, queries: LabelledRows): Promise<number> {
  return auroc(tieGroups(Float64Array.from(await scoresOf(baseline, given, queries)), queries.failures)) ?? NaN;
}

/** Fails where class 2 has much of the probability: the logits tell, the inputs do not. */
function readableOutputs(count: number, seed: number): LabelledRows {
  const rows = readableRows(count, seed);
  const truths = Array.from(rows.predicted, (label, i) => (rows.logits![3 * i + 2]! > 0.5 ? (label + 1) % 3 : label));
  return labelled(rows, truths);
}

t.test('each net reads what it is given, and that only', async (t) => {
  t.ok(await areaOf(inputNet, readableRows(300, 3), readableRows(200, 4)) > 0.97);
  t.ok(await areaOf(behaviourNet, readableOutputs(300, 3), readableOutputs(200, 4)) > 0.85);
  t.ok(Math.abs(await areaOf(inputNet, readableOutputs(300, 3), readableOutputs(200, 4)) - 0.5) < 0.15);
  t.ok(Math.abs(await areaOf(behaviourNet, readableRows(300, 3), readableRows(200, 4)) - 0.5) < 0.15);
});

t.test('the input net never sees the outputs', async (t) => {
  const given = readableRows(120, 6);
  const others = readableOutputs(120, 7);
  const queries = { ...readableRows(50, 8), inputs: given.inputs.slice(0, 100) };
  const elsewhere = { ...queries, logits: others.logits!.slice(0, 150), logProbabilities: others.logProbabilities.slice(0, 150) };
  t.same(await scoresOf(inputNet, given, queries), await scoresOf(inputNet, given, elsewhere));
});

t.test('Platt-scaled MSP below five rows of either outcome, and where nothing varies', async (t) => {
  const all = readableRows(40, 5);
  const few = { ...all, failures: all.failures.map((_, i) => Number(i < 4)) };
  for (const baseline of [inputNet, behaviourNet]) {
    for (const given of [few, firstRows(all, 0)]) t.same(await scoresOf(baseline, given, all), await scoresOf(plattScaledMsp, given, all), baseline.name);
  }
  const dull = { ...all, inputs: new Float32Array(80) };
  t.same(await scoresOf(inputNet, dull, all), await scoresOf(plattScaledMsp, dull, all));
});
