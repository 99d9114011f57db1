import t from 'tap';
import { trainChallenger } from '../../src/meta/fit/challenger.js';
import { championScores } from '../../src/meta/fit/champion-scores.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { scoreWindow } from '../../src/meta/fit/score-window.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const { window, behaviour } = syntheticWindow({ rows: 600, inputWidth: 6, classes: 4, seed: 3, separation: 1 });
const options = { behaviour, seed: 1, maxStoredRows: 10_000 };

t.test('better than the cold start: promoted, and what goes live is fitted on everything', async (t) => {
  const result = await trainChallenger(window, null, options);
  t.equal(result.verdict, 'promote');
  t.match(result.reason, /^better: log loss 0\.\d{4} against \d\.\d{4} of the cold start on the newest 120 labelled rows \(\d+ failures\), lower in \d+ % of 1000 bootstrap resamples; fitted again on all 600$/);
  t.equal(result.metrics?.rows, 120);
  t.match(result.training, { rows: 600, from: 1000, to: 600_000, seed: 1, calibration: { rows: 600, failures: result.training.failures } });
  t.equal(result.diagnostics?.rows, 600);
  t.ok(Buffer.compare(result.onnx!, (await fitMetaModel(window, options)).onnx) === 0);
});

t.test('a champion that knows more is kept', async (t) => {
  // Trained on the holdout too, which it claims not to have seen.
  const { onnx } = await fitMetaModel(window, options);
  const oracle = { ...window, failureProbabilities: window.failureProbabilities };
  const result = await trainChallenger(sliceWindow(oracle, 0, 600), { onnx, trainedTo: 0, rows: 600 }, options);
  t.equal(result.verdict, 'keep');
  t.match(result.reason, /^not better: log loss .* of the champion on the newest 120/);
  t.equal(result.training.rows, 480);
  t.match(result.training.calibration, { rows: 480, failures: result.training.failures }, 'a candidate brings its calibration as well');
  t.ok(result.onnx !== null && Buffer.compare(result.onnx, onnx) !== 0);
});

t.test('a champion of the same recipe that knows fewer rows is followed when the challenger is no worse', async (t) => {
  // Fitted on the very rows that the challenger is fitted on: a tie.
  const { onnx } = await fitMetaModel(sliceWindow(window, 0, 480), options);
  const tie = await trainChallenger(window, { onnx, trainedTo: 480_000, rows: 480 }, options);
  t.equal(tie.verdict, 'promote');
  t.match(tie.reason, /^no worse, and the champion knew 480 of 600 labelled rows: /);
  t.equal(tie.training.rows, 600);
  const same = await trainChallenger(window, { onnx, trainedTo: 480_000, rows: 560 }, options);
  t.equal(same.verdict, 'keep', 'with hardly more rows a tie is no reason');
  const { onnx: oracle } = await fitMetaModel(window, options);
  const worse = await trainChallenger(window, { onnx: oracle, trainedTo: 0, rows: 420 }, options);
  t.equal(worse.verdict, 'keep');
  t.match(worse.reason, /^worse, though the champion knew 420 of 600 labelled rows: /);
});

t.test('logged probabilities stand for the champion on rows that it was trained on', async (t) => {
  const perfect = { ...window, failureProbabilities: Float64Array.from(window.failures, (failure) => (failure === 1 ? 0.99 : 0.01)) };
  const weak = (await fitMetaModel(sliceWindow(window, 0, 15), options)).onnx;
  t.equal((await trainChallenger(perfect, { onnx: weak, trainedTo: 600_000, rows: 600 }, options)).verdict, 'keep');
  t.equal((await trainChallenger(perfect, { onnx: weak, trainedTo: 480_000, rows: 600 }, options)).verdict, 'promote');
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
  const result = await trainChallenger(few, null, { ...options, onProgress: ({ step, done }) => { if (done > 0) steps.push(step); } });
  t.match(result.reason, /out-of-fold log loss 0\.\d{4} against 0\.\d{4} of the anchor on all 100 labelled rows/);
  t.equal(result.metrics?.rows, 100);
  t.equal(result.training.rows, 100);
  t.notOk(steps.some((step) => step.startsWith('refit')));
  const fitted = await fitMetaModel(few, options);
  t.ok(Buffer.compare(result.onnx!, fitted.onnx) === 0);
  const { stacked, anchor } = fitted.diagnostics.logLoss;
  t.equal(result.verdict, stacked! <= anchor! ? 'promote' : 'keep');
});

t.test('too few labels', async (t) => {
  for (const [few, words] of [
    [sliceWindow(window, 0, 19), /19 labelled rows, at least 20/],
    [{ ...window, failures: new Uint8Array(600) }, /none of the 600/],
    [{ ...window, failures: new Uint8Array(600).fill(1) }, /all 600/],
    [sliceWindow(window, 0, 0), /0 labelled rows/],
  ] as const) {
    const result = await trainChallenger(few, null, options);
    t.match(result, { verdict: 'too_few', onnx: null, metrics: null, reason: words });
  }
});
