import type { Dataset } from '../demo/datasets.js';
import { trainBaseModel } from '../demo/model.js';
import { DEFAULT_STORED_ROWS } from '../src/inference/config/file-schema.js';
import { behaviourLayout } from '../src/meta/features/behaviour-layout.js';
import { fitMetaModel } from '../src/meta/fit/fit.js';
import { scoreWindow } from '../src/meta/fit/score-window.js';
import { createRandom } from '../src/meta/training/random.js';
import type { TrainingWindow } from '../src/meta/training/window.js';
import { pickWindow } from '../test/support/pick-window.js';
import type { Scored } from '../test/support/policy-simulation.js';
import { withTruths } from './quality/product/logged-rows.js';
import { windowOf } from './quality/product/metaerr.js';
import { serveModel } from './quality/product/served-model.js';

/** One training of a meta-model: its own rows out of fold, and other rows as it serves them. */
export interface Trained {
  readonly outOfFold: Scored;
  readonly later: Scored;
}

/** The rows after those of the base model as the service logs them, and reads them for a training. */
export async function logRows(data: Dataset, seed: number): Promise<TrainingWindow> {
  const onnx = await trainBaseModel(data, seed, () => undefined);
  const model = await serveModel({ onnx, kind: 'probabilities' }, data.shape, data.labels.length);
  try {
    const logged = await model.log(data.values.subarray(data.baseRows * data.width), data.rows - data.baseRows);
    return windowOf(withTruths(logged, data.classes.subarray(data.baseRows)));
  } finally {
    await model.release();
  }
}

/** Trains a meta-model on `labels` rows drawn at random, and scores the others with it. */
export async function trainOn(window: TrainingWindow, classes: number, labels: number, seed: number): Promise<Trained> {
  const order = Int32Array.from({ length: window.rows }, (_, row) => row);
  createRandom(seed, 21).shuffle(order);
  const own = pickWindow(window, order.subarray(0, labels).toSorted());
  const others = pickWindow(window, order.subarray(labels).toSorted());
  const fitted = await fitMetaModel(own, { behaviour: behaviourLayout(classes), seed, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled: null });
  return { outOfFold: { scores: fitted.outOfFold, failures: own.failures }, later: { scores: await scoreWindow(fitted.onnx, others), failures: others.failures } };
}
