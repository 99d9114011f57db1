import { exportClassifier, scaleRows } from './classifier-model.js';
import { fitScaling } from './classifier-scaling.js';
import type { ScalingKind } from './classifier-scaling.js';
import { trainNets } from './net-trainer.js';
import type { NetHooks } from './net-types.js';

export interface ClassifierOptions {
  /** rows x width, row-major. */
  readonly inputs: Float32Array;
  readonly rows: number;
  readonly width: number;
  /** rows: class indexes from 0 to `classes` - 1. */
  readonly targets: Int32Array;
  readonly classes: number;
  readonly hidden: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of Adam. */
  readonly learningRate: number;
  /** Decoupled weight decay, see `NetOptions`. */
  readonly weightDecay: number;
  readonly seed: number;
  readonly scaling: ScalingKind;
  readonly output: 'probabilities' | 'logits';
  /** Shape of one row as the model takes it; default [width]. */
  readonly inputShape?: readonly number[];
  /** Class names by index, for the model's metadata. */
  readonly labels?: readonly string[];
}

function checkOptions(options: ClassifierOptions): void {
  const { inputs, rows, inputShape, width, labels, classes, epochs } = options;
  if (inputs.length !== rows * width) throw new RangeError(`inputs must hold rows x width = ${rows * width} values, not ${inputs.length}`);
  if (inputShape !== undefined && inputShape.reduce((product, size) => product * size, 1) !== width) {
    throw new RangeError(`inputShape must have the product width = ${width}, not [${inputShape.join(', ')}]`);
  }
  if (labels !== undefined && labels.length !== classes) throw new RangeError(`labels must hold classes = ${classes} names, not ${labels.length}`);
  if (!Number.isInteger(epochs) || epochs < 1) throw new RangeError(`epochs must be an integer of at least 1, not ${epochs}`);
}

/**
 * Trains a classifier with one hidden ReLU layer by softmax cross-entropy and returns it as an ONNX model: input `input`
 * float32 (batch, ...inputShape), output `probabilities` or `logits` float32 (batch, classes). The scaling is part of the
 * model. The same options give the same bytes. Throws a RangeError for options that do not fit, and the signal's reason
 * after an abort.
 */
export async function trainClassifier(options: ClassifierOptions, hooks: NetHooks = {}): Promise<Uint8Array> {
  checkOptions(options);
  const { rows, width, classes, hidden, batchSize, learningRate, weightDecay, seed } = options;
  const scaling = fitScaling(options.scaling, options.inputs, width);
  const inputs = await scaleRows(options.inputs, rows, width, scaling);
  const steps = options.epochs * Math.max(1, Math.floor(rows / batchSize));
  const [weights] = await trainNets(
    { head: 'softmax', inputs, rows, width, outputs: classes, offsets: null, targets: options.targets },
    [Int32Array.from({ length: rows }, (_, row) => row)],
    { hidden, batchSize, steps, snapshots: [steps], learningRate, weightDecay, zeroOutput: false, seed },
    hooks,
  );
  if (weights === undefined) throw new Error('the training gave no snapshot of its last step');
  return exportClassifier(weights, { inputShape: options.inputShape ?? [width], output: options.output, labels: options.labels ?? null, scaling });
}
