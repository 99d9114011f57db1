import t from 'tap';
import { trainBase } from '../../bench/quality/bases/train-base.js';
import { loadStream } from '../../bench/quality/data/load.js';
import { splitStream } from '../../bench/quality/data/split.js';
import { withTruths } from '../../bench/quality/product/logged-rows.js';
import { windowOf } from '../../bench/quality/product/metaerr.js';
import { serveModel } from '../../bench/quality/product/served-model.js';
import { fitLabelFreeParameters, labelFreeLogits } from '../../src/meta/fit/fit-label-free-parameters.js';
import { emitLabelFreeLogits, type LabelFreeParameters } from '../../src/meta/fit/label-free-score.js';
import { CONSENSUS } from '../../src/meta/fit/kernel-experts.js';
import { CONSENSUS_REACH, REACHES } from '../../src/meta/pretrained/answered-centres.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { sigmoid } from '../../src/meta/linear/numerics.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { createRandom } from '../../src/meta/training/random.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const { window: all, behaviour } = syntheticWindow({ rows: 2600, inputWidth: 8, classes: 4, seed: 5 });
const later = sliceWindow(all, 1200, 2600);
const unlabelledOf = (from: number, to: number) => ({ rows: to - from, features: all.features.slice(from * all.width, to * all.width) });

async function uncorrected(rows: TrainingWindow, parameters: LabelFreeParameters): Promise<Float32Array> {
  const { logit } = await runStage({
    rows: rows.rows, chunk: 512, feeds: { features: { width: rows.width, data: rows.features } },
    emit: (graph, inputs) => ({ logit: emitLabelFreeLogits(graph, inputs.features!, parameters).uncorrected }),
  });
  return logit!.data;
}

t.test('the trees, which have seen synthetic tasks only, make failure probabilities of real digits better', async (t) => {
  const data = loadStream('digits');
  const split = splitStream(data, { baseRows: 100, liveRows: 900, scenario: 'plain', seed: 1 });
  const model = await serveModel(await trainBase('net', { ...data, rows: split.base, seed: 1 }), data.shape, data.classes);
  t.teardown(() => model.release());
  const live = await model.log(split.live.values, split.live.rows);
  const test = windowOf(withTruths(await model.log(split.test.values, split.test.rows), split.test.truths));
  const { parameters } = (await fitLabelFreeParameters(live, live, { behaviour: model.behaviour }))!;
  const figures = (logits: Float32Array) => summarize(Float64Array.from(logits, sigmoid), test.failures);
  const [before, after] = [figures(await uncorrected(test, parameters)), figures(await labelFreeLogits(test, parameters, undefined))];
  t.ok(after.eaurc! < 0.9 * before.eaurc!, `E-AURC ${after.eaurc} of ${before.eaurc}`);
  t.ok(after.brier! < before.brier!, `Brier score ${after.brier} of ${before.brier}`);
  t.equal(parameters.trust, Math.min(1, 4 * parameters.weight));
});

t.test('the consensus is one of the opinions', (t) => {
  t.equal(REACHES[CONSENSUS_REACH], CONSENSUS.sharpness);
  t.end();
});

t.test('where the consensus knows nothing nothing is corrected', async (t) => {
  const random = createRandom(3);
  const noise = unlabelledOf(0, 600);
  for (let row = 0; row < 600; row++) for (let j = 0; j < all.inputWidth; j++) noise.features[row * all.width + j] = random.normal();
  const { parameters } = (await fitLabelFreeParameters(noise, all, { behaviour }))!;
  t.equal(parameters.trust, 0);
  t.same(await labelFreeLogits(later, parameters, undefined), await uncorrected(later, parameters));
});

t.test('with few labels the expert has most weight, and what is served is what was computed in training', async (t) => {
  const labelled = sliceWindow(all, 1200, 1230);
  const { onnx, outOfFold, diagnostics } = await fitMetaModel(labelled, { behaviour, seed: 1, maxStoredRows: 1000, unlabelled: unlabelledOf(0, 1200) });
  const [consensus, pretrained] = diagnostics.stacker!.weights.slice(6);
  t.ok(pretrained! > 0.3 && consensus! > 0.1, `${consensus} and ${pretrained}`);
  const served = summarize(Float64Array.from(await serve(onnx, later.features, later.width)), later.failures);
  const coldStart = summarize(later.coldStartProbabilities, later.failures);
  t.ok(served.eaurc! < 0.9 * coldStart.eaurc!, `E-AURC ${served.eaurc} of ${coldStart.eaurc}`);
  t.ok(outOfFold.every((p) => p > 0 && p < 1));
});
