import type { Tensor, TensorMap } from '../../../src/engine/tensor.js';
import { exportClassifier, scaleRows } from '../../../src/meta/training/classifier-model.js';
import { fitScaling } from '../../../src/meta/training/classifier-scaling.js';
import { adamSchedule } from '../../../src/meta/training/net-adam.js';
import { createBatchSequence } from '../../../src/meta/training/net-batches.js';
import { initialWeights } from '../../../src/meta/training/net-initial.js';
import { PARAMETERS, mapParameters, parameterShapes } from '../../../src/meta/training/net-types.js';
import type { NetWeights } from '../../../src/meta/training/net-types.js';
import type { BaseModel, BaseTraining } from './base-model.js';
import { netPlan } from './net-plan.js';
import { PARTS, openStep } from './smoothed-step.js';

/** Share of a target that is spread over all classes, as Szegedy et al. (CVPR 2016) set it. */
const SMOOTHING = 0.1;

function targetsOf(batch: Int32Array, truths: Int32Array, classes: number): Float32Array {
  const targets = new Float32Array(batch.length * classes).fill(SMOOTHING / classes);
  batch.forEach((row, at) => {
    const index = at * classes + (truths[row] ?? 0);
    targets[index] = (targets[index] ?? 0) + 1 - SMOOTHING;
  });
  return targets;
}

function inputsOf(batch: Int32Array, inputs: Float32Array, width: number): Float32Array {
  const taken = new Float32Array(batch.length * width);
  batch.forEach((row, at) => taken.set(inputs.subarray(row * width, (row + 1) * width), at * width));
  return taken;
}

function initialState(weights: NetWeights): TensorMap {
  const shapes = parameterShapes(1, weights.width, weights.hidden, weights.outputs);
  const tensor = (name: (typeof PARAMETERS)[number], part: string): Tensor => {
    const data = part === 'value' ? weights[name] : new Float32Array(weights[name].length);
    return { type: 'float32', dims: shapes[name], data };
  };
  return Object.fromEntries(PARAMETERS.flatMap((name) => PARTS.map((part) => [`${name}_${part}`, tensor(name, part)])));
}

function weightsOf(state: TensorMap, like: NetWeights): NetWeights {
  const values = mapParameters((name) => {
    const tensor = state[`${name}_value`];
    if (tensor?.type !== 'float32') throw new Error(`the step gave no ${name}`);
    return tensor.data;
  });
  return { ...like, ...values };
}

const scalar = (value: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) });

/**
 * The net of `trainNet` on smoothed labels: the target of a row is 0.9 for its class and 0.1 spread over all classes, in the loss
 * itself, by a loop of its own over the emitters of the project's trainer (which takes class indexes only). Smoothing
 * caps the confidence and flattens its order, so that 1 - confidence tells failures less well (Zhu et al., ECCV 2022); a
 * wrapper cannot know that a model was trained so.
 */
export async function trainSmoothedNet({ rows: { rows, values, truths }, shape, classes, seed }: BaseTraining): Promise<BaseModel> {
  const width = values.length / rows;
  const { hidden, batchSize, epochs, learningRate, weightDecay, scaling: kind } = netPlan(rows, shape);
  const scaling = fitScaling(kind, values, width);
  const inputs = await scaleRows(values, rows, width, scaling);
  const weights = initialWeights({ members: 1, width, hidden, outputs: classes, zeroOutput: false, seed });
  const sequence = createBatchSequence([Int32Array.from({ length: rows }, (_, row) => row)], batchSize, seed);
  const steps = epochs * Math.floor(rows / batchSize);
  const { sizes, epsilons } = adamSchedule(0, steps, learningRate);
  const session = await openStep({ width, hidden, classes, batchSize, decay: 1 - learningRate * weightDecay });
  let state = initialState(weights);
  for (let step = 0; step < steps; step++) {
    const batch = sequence.take(1);
    const fed: TensorMap = {
      ...state,
      inputs: { type: 'float32', dims: [1, batchSize, width], data: inputsOf(batch, inputs, width) },
      targets: { type: 'float32', dims: [1, batchSize, classes], data: targetsOf(batch, truths, classes) },
      size: scalar(sizes[step] ?? 0),
      epsilon: scalar(epsilons[step] ?? 0),
    };
    const next = await session.run(fed);
    state = Object.fromEntries(Object.entries(next).map(([name, tensor]) => [name.slice('next_'.length), tensor]));
  }
  await session.release();
  const onnx = exportClassifier(weightsOf(state, weights), { inputShape: shape, output: 'logits', labels: null, scaling });
  return { onnx, kind: 'logits' };
}
