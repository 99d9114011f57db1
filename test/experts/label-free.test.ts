import t from 'tap';
import { sigmoid } from '../../src/meta/linear/numerics.js';
import { scaleToProbabilities } from '../../src/meta/linear/soft-targets.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { fitLabelFree } from '../../src/meta/fit/fit-label-free.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { createRandom } from '../../src/meta/training/random.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const { window: all, behaviour } = syntheticWindow({ rows: 2600, inputWidth: 8, classes: 4, seed: 5 });
const test = sliceWindow(all, 1200, 2600);
const unlabelledOf = (from: number, to: number) => ({ rows: to - from, features: all.features.slice(from * all.width, to * all.width) });

t.test('without a label it ranks failures better than 1 - confidence', async (t) => {
  const steps: string[] = [];
  const fitted = await fitLabelFree(unlabelledOf(0, 1200), all, { behaviour, onProgress: ({ step }) => steps.push(step) });
  const scores = Float64Array.from(await serve(fitted!.onnx, test.features, test.width));
  const [ours, coldStart] = [summarize(scores, test.failures), summarize(test.coldStartProbabilities, test.failures)];
  t.ok(ours.eaurc! < 0.95 * coldStart.eaurc!, `E-AURC ${ours.eaurc} of ${coldStart.eaurc}`);
  t.ok(ours.auroc! > coldStart.auroc!);
  const learnt = all.features.subarray(0, 1200 * all.width);
  const served = await serve(fitted!.onnx, learnt, all.width);
  t.ok(fitted!.scores.every((score, row) => Math.abs(score - served[row]!) < 1e-5), 'its scores are what is served of the rows that it learnt from');
  t.ok(fitted!.disagreement > 0 && fitted!.disagreement < 0.5);
  t.ok(Math.abs(fitted!.weight - (0.5 - fitted!.disagreement)) < 1e-12);
  t.same([...new Set(steps)], ['preparing', 'judging consensus', 'training consensus', 'calibrating', 'exporting']);
});

t.test('the same rows give the same bytes', async (t) => {
  const [one, two] = [await fitLabelFree(unlabelledOf(0, 400), all, { behaviour }), await fitLabelFree(unlabelledOf(0, 400), all, { behaviour })];
  t.same(one!.onnx, two!.onnx);
});

t.test('a consensus that does not tell what the base model says of other rows has no weight, and is left out of the file', async (t) => {
  const random = createRandom(3);
  const noise = unlabelledOf(0, 600);
  for (let row = 0; row < 600; row++) for (let j = 0; j < all.inputWidth; j++) noise.features[row * all.width + j] = random.normal();
  const [fitted, with600] = [await fitLabelFree(noise, all, { behaviour }), await fitLabelFree(unlabelledOf(0, 600), all, { behaviour })];
  t.ok(fitted!.disagreement > 0.5, `${fitted!.disagreement}`);
  t.equal(fitted!.weight, 0);
  t.ok(fitted!.onnx.length < 0.5 * with600!.onnx.length);
  const scores = Float64Array.from(await serve(fitted!.onnx, test.features, test.width));
  t.ok(summarize(scores, test.failures).auroc! > summarize(test.coldStartProbabilities, test.failures).auroc! - 0.01);
});

t.test('there is none with few rows, without a column for each class and without inputs that vary', async (t) => {
  t.equal(await fitLabelFree(unlabelledOf(0, 199), all, { behaviour }), null);
  t.equal(await fitLabelFree(unlabelledOf(0, 400), all, { behaviour: { kind: 'sorted', classes: 300, top: 4 } }), null);
  t.equal(await fitLabelFree(unlabelledOf(0, 400), all, { behaviour: { kind: 'none' } }), null);
  t.equal(await fitLabelFree({ rows: 400, features: new Float32Array(400 * 4).fill(-Math.log(4)) }, { inputWidth: 0, width: 4 }, { behaviour }), null);
  const still = unlabelledOf(0, 400);
  for (let row = 0; row < 400; row++) still.features.fill(1, row * all.width, row * all.width + all.inputWidth);
  t.equal(await fitLabelFree(still, all, { behaviour }), null);
});

t.test('an abort ends it with its reason', async (t) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const fit = fitLabelFree(unlabelledOf(0, 600), all, { behaviour, signal: controller.signal, onProgress: () => controller.abort(reason) });
  await t.rejects(fit, reason);
});

t.test('scores are scaled to the mean of the probabilities, and keep their order', (t) => {
  const random = createRandom(1);
  const scores = Float64Array.from({ length: 4000 }, () => 3 * random.normal());
  const known = scaleToProbabilities(scores, scores.map((score) => sigmoid(-1 + 0.4 * score)));
  t.ok(Math.abs(known.intercept + 1) < 0.02 && Math.abs(known.slope - 0.4) < 0.02, `${known.intercept} + ${known.slope} x`);
  const contrary = scaleToProbabilities(scores, scores.map((score) => sigmoid(-score)));
  t.ok(contrary.slope > 0);
  t.end();
});
