import t from 'tap';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { trainChallenger } from '../../src/meta/fit/challenger.js';
import { championScores, type Champion } from '../../src/meta/fit/champion-scores.js';
import { fitLabelFree } from '../../src/meta/fit/fit-label-free.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { scoreWindow } from '../../src/meta/fit/score-window.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { CLASS_UNKNOWN, type TrainingWindow } from '../../src/meta/training/window.js';
import { syntheticWindow } from '../support/experts-synthetic.js';
import { constantMetaModel } from '../support/repository-models.js';

const { window, behaviour } = syntheticWindow({ rows: 1000, inputWidth: 6, classes: 4, seed: 3, separation: 1 });
const options = { behaviour, seed: 1, maxStoredRows: 10_000, unlabelled: null };
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const against = (champion: Champion | null, attempt = 1) => ({ champion, attempt });

t.test('better than the cold start: promoted, and what goes live is fitted on everything', async (t) => {
  const result = await trainChallenger(window, against(null), options);
  t.match(result, { verdict: 'promote', way: 'better', tested: true });
  t.match(result.reason, /^better: with 98\.75 % confidence \(test 1, alpha 0\.025\) log loss is lower by at least 0\.\d{4}, AURC by -?0\.\d{4}; Brier score 0\.\d{4} against 0\.\d{4}; log loss 0\.\d{4} against \d\.\d{4} of the cold start on the newest 200 labelled rows that neither was trained on \(53 failures\); fitted again on all 1000$/);
  t.equal(result.metrics?.rows, 200);
  t.match(result.training, { rows: 1000, from: 1000, to: 1_000_000, seed: 1, calibration: { rows: 1000, failures: result.training.failures } });
  t.equal(result.diagnostics?.rows, 1000);
  t.ok(Buffer.compare(result.onnx!, (await fitMetaModel(window, options)).onnx) === 0);
});

t.test('a champion that is better stays, whatever it knows; the test that was made counts', async (t) => {
  // Trained on the holdout too, which it claims not to have seen.
  const { onnx } = await fitMetaModel(window, options);
  const kept = await trainChallenger(window, against({ onnx, trainedTo: 0, rows: 1000 }, 3), options);
  t.match(kept, { verdict: 'keep', way: null, tested: true });
  t.match(kept.reason, /^not shown to be better: with 99\.79 % confidence \(test 3, alpha 0\.0042\) .* of the champion on the newest 200/);
  t.equal(kept.training.rows, 800);
  t.match(kept.training.calibration, { rows: 800, failures: kept.training.failures }, 'a candidate brings its calibration as well');
  t.ok(kept.onnx !== null && Buffer.compare(kept.onnx, onnx) !== 0);
  const worse = await trainChallenger(window, against({ onnx, trainedTo: 0, rows: 700 }), options);
  t.match(worse, { verdict: 'keep', way: null, tested: true, reason: /^worse, though the champion knew 700 of 1000 labelled rows: .*; not shown to be better: / });
});

t.test('a champion of the same recipe that knows fewer rows is followed without a test when the challenger is no worse', async (t) => {
  // Fitted on the very rows that the challenger is fitted on: a tie.
  const { onnx } = await fitMetaModel(sliceWindow(window, 0, 800), options);
  const tie = await trainChallenger(window, against({ onnx, trainedTo: 800_000, rows: 800 }), options);
  t.match(tie, { verdict: 'promote', way: 'follows', tested: false, reason: /^no worse, and the champion knew 800 of 1000 labelled rows: / });
  t.equal(tie.training.rows, 1000);
  const same = await trainChallenger(window, against({ onnx, trainedTo: 800_000, rows: 950 }), options);
  t.match(same, { verdict: 'keep', tested: true, reason: /^not shown to be better/ }, 'with hardly more rows a tie is no reason');
});

t.test('rows that the champion was trained on do not judge', async (t) => {
  const { onnx } = await fitMetaModel(sliceWindow(window, 0, 30), options);
  const all = await trainChallenger(window, against({ onnx, trainedTo: 800_000, rows: 1000 }), options);
  t.match(all, { metrics: { rows: 200 }, way: 'better' });
  // 150 rows with under 50 failures are left: out of fold, and only where the champion knows clearly less or what it did not see.
  const fewer = await trainChallenger(window, against({ onnx, trainedTo: 850_000, rows: 1000 }), options);
  t.match(fewer, { verdict: 'promote', way: 'anchor', tested: false, metrics: { rows: 1000 } });
  t.match(fewer.reason, /^not worse than its anchor: out-of-fold log loss .* under 50 failures or successes among the 150 newest rows that nobody was trained on, so there is no test against the champion$/);
  const known = await trainChallenger(window, against({ onnx, trainedTo: 950_000, rows: 1000 }), options);
  t.match(known, { verdict: 'keep', way: null, reason: /^the champion knows 1000 rows, and only 50 of the 1000 labelled rows are newer: / });
});

t.test('few outcomes: what the champion has not seen can still speak against a challenger', async (t) => {
  const { onnx } = await fitMetaModel(window, options);
  const result = await trainChallenger(sliceWindow(window, 0, 700), against({ onnx, trainedTo: 570_000, rows: 500 }), options);
  t.match(result, { verdict: 'keep', tested: false, reason: /^worse than the champion on the 130 rows that it was not trained on: log loss lower in \d+ % / });
});

t.test('the champion\'s score of each row, by hand', async (t) => {
  const four = { ...sliceWindow(window, 0, 4), failureProbabilities: Float64Array.of(0.5, 0.6, NaN, NaN), coldStartProbabilities: Float64Array.of(0.1, 0.2, 0.3, NaN) };
  t.same([...await championScores(null, four, 0.4)], [0.5, 0.6, 0.3, 0.4]);
  const { onnx } = await fitMetaModel(sliceWindow(window, 0, 15), options);
  const graph = await scoreWindow(onnx, four);
  t.same([...await championScores({ onnx, trainedTo: 2000, rows: 2 }, four, 0.4)], [0.5, 0.6, graph[2], graph[3]]);
});

t.test('few failures in the holdout: out-of-fold losses decide, with one fit', async (t) => {
  const few = sliceWindow(window, 0, 100);
  const steps: string[] = [];
  const result = await trainChallenger(few, against(null), { ...options, onProgress: ({ step, done }) => { if (done > 0) steps.push(step); } });
  t.match(result.reason, /out-of-fold log loss 0\.\d{4} against 0\.\d{4} of the anchor on all 100 labelled rows/);
  t.equal(result.metrics?.rows, 100);
  t.equal(result.training.rows, 100);
  t.notOk(steps.some((step) => step.startsWith('refit')));
  const fitted = await fitMetaModel(few, options);
  t.ok(Buffer.compare(result.onnx!, fitted.onnx) === 0);
  const { stacked, anchor } = fitted.diagnostics.logLoss;
  t.ok(stacked! <= anchor!, `${stacked} out of fold, ${anchor} of the anchor`);
  t.match(result, { verdict: 'promote', way: 'anchor', reason: /^not worse than its anchor: / });
});

t.test('few failures, and a little worse than the anchor: a fit takes the place of a cold start that is worse, not of one that is better, nor of a champion', async (t) => {
  const found = await firstThatIsALittleWorse();
  const { few, result, stacked, anchor } = found;
  t.match(result, { verdict: 'promote', way: 'anchor', tested: false });
  t.match(result.reason, /^worse than its anchor by less than a standard error, and better than the cold start: out-of-fold log loss /);
  t.ok(stacked > anchor);
  const { outOfFold } = await fitMetaModel(few, options);
  const calibrated = { ...few, coldStartProbabilities: outOfFold.map((p, row) => (few.failures[row] === 1 ? p + 0.1 * (1 - p) : 0.9 * p)) };
  t.match(await trainChallenger(calibrated, against(null), options), { verdict: 'keep', reason: /^worse than its anchor: / });
  const nothing = { ...few, coldStartProbabilities: new Float64Array(few.rows).fill(NaN) };
  t.match(await trainChallenger(nothing, against(null), options), { verdict: 'keep', reason: /^worse than its anchor: / });
  t.match(await trainChallenger(few, against({ onnx: result.onnx!, trainedTo: 0, rows: 20 }), options), { verdict: 'keep', reason: /^worse than its anchor: / });
});

/** Streams of which nothing but chance tells, and a base model that is far too sure of itself. */
async function firstThatIsALittleWorse() {
  for (let seed = 1; seed <= 40; seed++) {
    const { window: stream } = syntheticWindow({ rows: 90, inputWidth: 6, classes: 4, seed, separation: 1, seen: 6 });
    const few = { ...stream, coldStartProbabilities: stream.coldStartProbabilities.map((p) => 0.01 * p) };
    const result = await trainChallenger(few, against(null), options);
    const { stacked, anchor } = result.diagnostics!.logLoss;
    if (result.reason.startsWith('worse than its anchor by less')) return { few, result, stacked: stacked!, anchor: anchor! };
  }
  throw new Error('none of 40 streams has such a fit');
}

/** Rows of which none is a failure, and what the cold start had said of each. */
function allRight(rows: number, served: number): TrainingWindow {
  const some = sliceWindow(window, 0, rows);
  return { ...some, failures: new Uint8Array(rows), truths: some.classes, coldStartProbabilities: new Float64Array(rows).fill(served), failureProbabilities: new Float64Array(rows).fill(NaN) };
}

t.test('no failure where what is served had promised many: the level is learnt, and the order of rows stays', async (t) => {
  const promoted = await trainChallenger(allRight(60, 0.3), against(null), options);
  t.match(promoted, { verdict: 'promote', way: 'anchor', tested: false, metrics: { rows: 60, failures: 0, auroc: null }, training: { rows: 60, failures: 0, calibration: { failures: 0 } } });
  t.match(promoted.reason, /^not worse than its anchor: out-of-fold log loss .* \(0 failures\); under 50 failures/);
  const later = sliceWindow(window, 500, 1000);
  const scores = await scoreWindow(promoted.onnx!, later);
  const { auroc } = summarize(scores, later.failures);
  const before = summarize(later.coldStartProbabilities, later.failures);
  t.ok(auroc! >= before.auroc! - 0.01, `AUROC ${auroc}, ${before.auroc} of 1 - confidence`);
  t.ok(mean(scores) < mean(later.coldStartProbabilities), `a lower level: ${mean(scores)}, ${mean(later.coldStartProbabilities)} before`);
});

t.test('no failure: a champion is asked about the rows that it has not learnt from', async (t) => {
  const rows = allRight(60, NaN);
  const says = (failureProbability: number, trainedTo: number, known: number): Champion => ({ onnx: constantMetaModel(window.width, failureProbability), trainedTo, rows: known });
  t.match(await trainChallenger(rows, against(says(0.3, -Infinity, 0)), options), { verdict: 'promote', way: 'anchor' });
  t.match(await trainChallenger(rows, against(says(0.01, -Infinity, 0)), options), { verdict: 'too_few', reason: /none of the 60 .* chance of 0\.55 by/ });
  t.match(await trainChallenger(rows, against(says(0.3, 20_000, 20)), options), { verdict: 'promote', way: 'anchor' });
  t.match(await trainChallenger(rows, against(says(0.3, 55_000, 55)), options), { verdict: 'too_few', reason: /none of the 5 .* chance of 0\.17 by/ });
});

t.test('no failure, and no true classes: the anchor alone takes its level from it; without classes there is nothing', async (t) => {
  const rows = { ...allRight(60, 0.3), truths: new Int32Array(60).fill(CLASS_UNKNOWN) };
  t.match(await trainChallenger(rows, against(null), options), { verdict: 'promote', diagnostics: { form: 'anchor', failures: 0 } });
  t.match(await trainChallenger(rows, against(null), { ...options, behaviour: { kind: 'none' } }), { verdict: 'too_few', reason: /none of the 60 labelled rows is a failure$/ });
});

t.test('too few labels', async (t) => {
  for (const [few, words] of [
    [sliceWindow(window, 0, 19), /19 labelled rows, at least 20/],
    [allRight(100, 0.005), /^too few labels: none of the 100 labelled rows is a failure, which had a chance of 0\.61 by what was served$/],
    [allRight(100, NaN), /^too few labels: none of the 100 labelled rows is a failure$/],
    [{ ...window, failures: new Uint8Array(1000).fill(1) }, /all 1000/],
    [sliceWindow(window, 0, 0), /0 labelled rows/],
  ] as const) {
    const result = await trainChallenger(few, against(null), options);
    t.match(result, { verdict: 'too_few', onnx: null, metrics: null, reason: words });
  }
});

/** A meta-model that learnt from predictions alone, of other rows of the same stream. */
async function labelFreeChampion(): Promise<Champion> {
  const { window: other } = syntheticWindow({ rows: 1600, inputWidth: 6, classes: 4, seed: 3, separation: 1 });
  const features = other.features.slice(1000 * other.width);
  const { onnx } = (await fitLabelFree({ rows: 600, features }, other, { behaviour }))!;
  return { onnx, rows: 0, trainedTo: -Infinity };
}

t.test('a label-free champion, which has seen no label, is followed where labels tell more', async (t) => {
  const champion = await labelFreeChampion();
  const many = await trainChallenger(window, against(champion), options);
  t.match(many, { verdict: 'promote', way: 'follows', tested: false });
  t.match(many.reason, /^no worse, and the champion knew 0 of 1000 labelled rows: .* of the label-free champion on the newest 200 labelled rows/);
  const few = await trainChallenger(sliceWindow(window, 0, 200), against(champion), options);
  t.match(few, { verdict: 'promote', way: 'anchor', tested: false });
  t.match(few.reason, /so there is no test against the label-free champion$/);
});

t.test('a label-free champion stays where the recipe is not better by what it says of the labelled rows', async (t) => {
  // Knows the truth of every row.
  const { onnx } = await fitMetaModel(window, options);
  const few = sliceWindow(window, 0, 60);
  const kept = await trainChallenger(few, against({ onnx, rows: 0, trainedTo: -Infinity }), options);
  t.match(kept, { verdict: 'keep', way: null, tested: false, reason: /^not better than the label-free champion: out-of-fold log loss/ });
  const labelled = await trainChallenger(few, against({ onnx, rows: 20, trainedTo: 20_000 }), options);
  t.notMatch(labelled.reason, /label-free/);
});

t.test('in place of a label-free champion the recipe may be worse than its anchor by less than a standard error, where it is better than that champion', async (t) => {
  const { few } = await firstThatIsALittleWorse();
  const tooSure = { onnx: constantMetaModel(few.width, 0.001), rows: 0, trainedTo: -Infinity };
  const result = await trainChallenger(few, against(tooSure), options);
  t.match(result, { verdict: 'promote', way: 'anchor', reason: /^worse than its anchor by less than a standard error, and better than the label-free champion: / });
  t.match(await trainChallenger(few, against({ ...tooSure, rows: 20, trainedTo: 0 }), options), { verdict: 'keep', reason: /^worse than its anchor: / });
});
