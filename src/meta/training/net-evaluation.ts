import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import type { DirectSession } from '../../engine/engine.js';
import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { TensorMap } from '../../engine/tensor.js';
import { PARAMETERS, parameterShapes } from './net-types.js';
import type { NetWeights, PerParameter } from './net-types.js';

/** Hidden values of one run: bounds its memory (4 MB) and the time between two turns of the event loop. */
const HIDDEN_VALUES_PER_RUN = 1 << 20;

/** Writes relu(x w1 + b1) w2 + b2 for x (rows, width) or (members, rows, width): (members, rows, outputs). */
export function emitNets(graph: GraphBuilder, inputs: Value, parameters: PerParameter<Value>): Value {
  const hidden = graph.node('Relu', [graph.node('Add', [graph.node('MatMul', [inputs, parameters.w1]), parameters.b1])]);
  return graph.node('Add', [graph.node('MatMul', [hidden, parameters.w2]), parameters.b2]);
}

function buildEvaluationModel(width: number): Uint8Array {
  const graph = createGraphBuilder();
  const all = graph.input('inputs', 'float32', ['rows', width]);
  const chosen = graph.node('Gather', [all, graph.input('chosen', 'int32', ['chosen'])], { axis: 0 });
  const parameters = {
    w1: graph.input('w1', 'float32', ['members', width, 'hidden']),
    b1: graph.input('b1', 'float32', ['members', 1, 'hidden']),
    w2: graph.input('w2', 'float32', ['members', 'hidden', 'outputs']),
    b2: graph.input('b2', 'float32', ['members', 1, 'outputs']),
  };
  graph.output('outputs', emitNets(graph, chosen, parameters), 'float32', ['members', 'chosen', 'outputs']);
  return graph.toModel();
}

function weightTensors(weights: NetWeights): TensorMap {
  const shapes = parameterShapes(weights.members, weights.width, weights.hidden, weights.outputs);
  return Object.fromEntries(PARAMETERS.map((name) => [name, { type: 'float32', dims: shapes[name], data: weights[name] }]));
}

/** One member as an ensemble of one; its arrays are views. */
export function memberWeights(weights: NetWeights, member: number): NetWeights {
  const part = (values: Float32Array): Float32Array => {
    const size = values.length / weights.members;
    return values.subarray(member * size, (member + 1) * size);
  };
  return { ...weights, members: 1, w1: part(weights.w1), b1: part(weights.b1), w2: part(weights.w2), b2: part(weights.b2) };
}

/** A session that evaluates nets on rows of one matrix. */
class Evaluator {
  readonly #session: DirectSession;
  readonly #inputs: TensorMap;

  constructor(session: DirectSession, inputs: TensorMap) {
    this.#session = session;
    this.#inputs = inputs;
  }

  /** (members, chosen.length, outputs) of the nets on the chosen rows. */
  async run(weights: NetWeights, chosen: Int32Array): Promise<Float32Array> {
    const { members, outputs } = weights;
    const tensors = weightTensors(weights);
    const all = new Float32Array(members * chosen.length * outputs);
    const rowsPerRun = Math.max(1, Math.floor(HIDDEN_VALUES_PER_RUN / (members * weights.hidden)));
    for (let start = 0; start < chosen.length; start += rowsPerRun) {
      await nextTurn();
      const part = chosen.subarray(start, start + rowsPerRun);
      const reply = await this.#session.run({ ...this.#inputs, ...tensors, chosen: { type: 'int32', dims: [part.length], data: part } });
      const result = reply['outputs'];
      if (result?.type !== 'float32') throw new Error('the evaluation graph gave no outputs');
      const size = part.length * outputs;
      for (let member = 0; member < members; member++) {
        all.set(result.data.subarray(member * size, (member + 1) * size), (member * chosen.length + start) * outputs);
      }
    }
    return all;
  }
}

async function withEvaluator<T>(
  weights: NetWeights,
  inputs: Float32Array,
  rows: number,
  use: (evaluator: Evaluator) => Promise<T>,
): Promise<T> {
  const { width } = weights;
  if (inputs.length !== rows * width) throw new RangeError(`inputs must hold rows x width = ${rows * width} values, not ${inputs.length}`);
  const session = await createDirectSession({ bytes: buildEvaluationModel(width) }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    return await use(new Evaluator(session, { inputs: { type: 'float32', dims: [rows, width], data: inputs } }));
  } finally {
    await session.release();
  }
}

/** Outputs of every member on every row, without offsets: (members, rows, outputs). `inputs` is rows x width. */
export async function evaluateNets(weights: NetWeights, inputs: Float32Array, rows: number): Promise<Float32Array> {
  return withEvaluator(weights, inputs, rows, (evaluator) => evaluator.run(weights, Int32Array.from({ length: rows }, (_, row) => row)));
}

/**
 * Outputs of each member on its own rows only, without offsets: for member m (rowsPerMember[m].length, outputs), in the
 * order of its row indexes. This is what out-of-fold predictions need.
 */
export async function evaluateMembers(
  weights: NetWeights,
  inputs: Float32Array,
  rows: number,
  rowsPerMember: readonly Int32Array[],
): Promise<readonly Float32Array[]> {
  const { members } = weights;
  if (rowsPerMember.length !== members) throw new RangeError(`rowsPerMember must have ${members} entries, not ${rowsPerMember.length}`);
  return withEvaluator(weights, inputs, rows, async (evaluator) => {
    const outputs: Float32Array[] = [];
    for (const [member, chosen] of rowsPerMember.entries()) outputs.push(await evaluator.run(memberWeights(weights, member), chosen));
    return outputs;
  });
}
