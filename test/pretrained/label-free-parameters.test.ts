import t from 'tap';
import { fitLabelFreeParameters, labelFreeLogits } from '../../src/meta/fit/fit-label-free-parameters.js';
import { emitLabelFreeSignals, type LabelFreeParameters } from '../../src/meta/fit/label-free-score.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { sigmoid } from '../../src/meta/linear/numerics.js';
import { createRandom } from '../../src/meta/training/random.js';
import { serve } from '../support/experts-graph.js';
import { syntheticWindow } from '../support/experts-synthetic.js';

const { window: all, behaviour } = syntheticWindow({ rows: 2600, inputWidth: 8, classes: 4, seed: 5 });
const later = sliceWindow(all, 1200, 2600);
const unlabelledOf = (from: number, to: number) => ({ rows: to - from, features: all.features.slice(from * all.width, to * all.width) });

async function uncorrected(parameters: LabelFreeParameters): Promise<Float32Array> {
  const { logit } = await runStage({
    rows: later.rows, chunk: 512, feeds: { features: { width: later.width, data: later.features } },
    emit: (graph, inputs) => emitLabelFreeSignals(graph, inputs.features!, parameters),
  });
  return logit!.data;
}

const eaurc = (logits: Float32Array): number => summarize(Float64Array.from(logits, sigmoid), later.failures).eaurc!;

t.test('the trees of synthetic tasks make a model better that they have not seen', async (t) => {
  const { parameters } = (await fitLabelFreeParameters(unlabelledOf(0, 1200), all, { behaviour }))!;
  const [before, after] = [eaurc(await uncorrected(parameters)), eaurc(await labelFreeLogits(later, parameters, undefined))];
  t.ok(after < 0.95 * before, `E-AURC ${after} of ${before}`);
  t.equal(parameters.pretrained!.share, Math.min(1, 4 * parameters.weight));
});

t.test('where the consensus knows nothing nothing is corrected', async (t) => {
  const random = createRandom(3);
  const noise = unlabelledOf(0, 600);
  for (let row = 0; row < 600; row++) for (let j = 0; j < all.inputWidth; j++) noise.features[row * all.width + j] = random.normal();
  const { parameters } = (await fitLabelFreeParameters(noise, all, { behaviour }))!;
  t.equal(parameters.pretrained, null);
  t.same(await labelFreeLogits(later, parameters, undefined), await uncorrected(parameters));
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
