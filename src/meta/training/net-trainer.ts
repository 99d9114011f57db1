import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import type { DirectSession } from '../../engine/engine.js';
import type { Tensor, TensorMap } from '../../engine/tensor.js';
import { adamSchedule } from './net-adam.js';
import { createBatchSequence } from './net-batches.js';
import { checkTraining } from './net-checks.js';
import { STATE_PARTS, buildTrainingModel, stateName } from './net-graph.js';
import { initialWeights } from './net-initial.js';
import { PARAMETERS, mapParameters, parameterShapes } from './net-types.js';
import type { NetHooks, NetOptions, NetTask, NetWeights } from './net-types.js';

/** Work of one run in floating point operations, about a tenth of a second of one core: how soon a cancel is seen. */
const OPERATIONS_PER_RUN = 4e9;
/** Bounds the index tensor of a run, and the time of runs on tiny batches, where the operators' overhead dominates. */
const MOST_STEPS_PER_RUN = 256;

/** Forward pass and weight gradients: three products with `outputs`, two with `width`; two operations for each product. */
function stepsPerRun(members: number, batchSize: number, task: NetTask, hidden: number): number {
  const operations = 2 * members * batchSize * hidden * (2 * task.width + 3 * task.outputs);
  return Math.min(MOST_STEPS_PER_RUN, Math.max(1, Math.floor(OPERATIONS_PER_RUN / operations)));
}

function taskTensors(task: NetTask): TensorMap {
  const { rows, width, outputs } = task;
  return {
    inputs: { type: 'float32', dims: [rows, width], data: task.inputs },
    targets: { type: 'int32', dims: [rows], data: task.targets },
    ...(task.offsets === null ? {} : { offsets: { type: 'float32', dims: [rows, outputs], data: task.offsets } }),
  };
}

function initialState(weights: NetWeights): TensorMap {
  const shapes = parameterShapes(weights.members, weights.width, weights.hidden, weights.outputs);
  const state: Record<string, Tensor> = {};
  for (const name of PARAMETERS) {
    for (const part of STATE_PARTS) {
      const data = part === 'value' ? weights[name] : new Float32Array(weights[name].length);
      state[stateName(name, part)] = { type: 'float32', dims: shapes[name], data };
    }
  }
  return state;
}

function toNextState(outputs: TensorMap): TensorMap {
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name.slice('next_'.length), tensor]));
}

/** Throws when the training has diverged: whatever is not finite reaches the output biases in the next step. */
function checkFinite(weights: NetWeights, step: number): NetWeights {
  if (weights.b2.every(Number.isFinite)) return weights;
  throw new Error(`the nets are not finite after step ${step}: inputs and offsets must be finite, or the learning rate is too high`);
}

function toWeights(state: TensorMap, like: NetWeights): NetWeights {
  const { members, width, hidden, outputs } = like;
  const values = mapParameters((name) => {
    const tensor = state[stateName(name, 'value')];
    if (tensor?.type !== 'float32') throw new Error(`the training graph gave no ${name}`);
    return tensor.data;
  });
  return { members, width, hidden, outputs, ...values };
}

/** Feeds for the steps `from` + 1 to `from` + `steps`. */
function scheduleTensors(batches: Int32Array, steps: number, members: number, from: number, learningRate: number): TensorMap {
  const { sizes, epsilons } = adamSchedule(from, steps, learningRate);
  return {
    batches: { type: 'int32', dims: [steps, members, batches.length / (steps * members)], data: batches },
    sizes: { type: 'float32', dims: [steps], data: sizes },
    epsilons: { type: 'float32', dims: [steps], data: epsilons },
  };
}

/** Runs all steps; the session does a bounded number of them at a time. */
async function runSteps(
  session: DirectSession,
  task: NetTask,
  members: readonly Int32Array[],
  options: NetOptions & { readonly stepsPerRun: number },
  hooks: NetHooks,
): Promise<readonly NetWeights[]> {
  const initial = initialWeights({ ...options, members: members.length, width: task.width, outputs: task.outputs });
  const sequence = createBatchSequence(members, options.batchSize, options.seed);
  const fixed = taskTensors(task);
  const snapshots: NetWeights[] = [];
  let state = initialState(initial);
  let done = 0;
  while (done < options.steps) {
    // Runs block the thread: timers, messages and signals get their turn in between, whatever the session itself does.
    await nextTurn();
    hooks.signal?.throwIfAborted();
    const stop = options.snapshots.find((snapshot) => snapshot > done) ?? options.steps;
    const steps = Math.min(options.stepsPerRun, stop - done);
    const schedule = scheduleTensors(sequence.take(steps), steps, members.length, done, options.learningRate);
    state = toNextState(await session.run({ ...fixed, ...schedule, ...state }));
    done += steps;
    if (options.snapshots.includes(done)) snapshots.push(checkFinite(toWeights(state, initial), done));
    hooks.onProgress?.(done, options.steps);
  }
  return snapshots;
}

/**
 * Trains one net per member at once inside onnxruntime: mini-batch Adam with decoupled weight decay on the task's loss,
 * each member on its own rows (indexes into the task's rows) in its own order. Returns the nets after each step of
 * `options.snapshots`. The same task, members and options give the same bits, however long a run is.
 * Throws a RangeError for arguments that do not fit, the signal's reason after an abort, and an Error when a snapshot is
 * not finite.
 */
export async function trainNets(
  task: NetTask,
  members: readonly Int32Array[],
  options: NetOptions,
  hooks: NetHooks = {},
): Promise<readonly NetWeights[]> {
  checkTraining(task, members, options);
  hooks.signal?.throwIfAborted();
  const batchSize = Math.min(options.batchSize, ...members.map((rows) => rows.length));
  const bytes = buildTrainingModel({
    head: task.head,
    members: members.length,
    width: task.width,
    hidden: options.hidden,
    outputs: task.outputs,
    batchSize,
    hasOffsets: task.offsets !== null,
    decay: 1 - options.learningRate * options.weightDecay,
  });
  const session = await createDirectSession({ bytes }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    const bound = stepsPerRun(members.length, batchSize, task, options.hidden);
    return await runSteps(session, task, members, { ...options, batchSize, stepsPerRun: bound }, hooks);
  } finally {
    await session.release();
  }
}
