import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/**
 * What Adam keeps of a tensor. The moments are stored divided by (1 - beta), which saves a multiplication of the whole
 * tensor for each: first = beta1 first + g, second = beta2 second + g^2.
 */
export interface AdamState {
  readonly value: Value;
  readonly first: Value;
  readonly second: Value;
}

/** The numbers of one step as scalars of the graph. */
export interface AdamStep {
  readonly size: Value;
  readonly epsilon: Value;
  readonly beta1: Value;
  readonly beta2: Value;
  /** 1 - learning rate x weight decay. */
  readonly decay: Value;
}

/** The constants of all steps. */
export function emitAdamConstants(graph: GraphBuilder, decay: number): Pick<AdamStep, 'beta1' | 'beta2' | 'decay'> {
  return { beta1: graph.scalar('float32', BETA_1), beta2: graph.scalar('float32', BETA_2), decay: graph.scalar('float32', decay) };
}

/**
 * Step sizes and epsilons of the steps `from` + 1 to `from` + `count`, such that size * first / (sqrt(second) + epsilon)
 * is exactly Adam's bias-corrected update with moments stored as in `AdamState`.
 */
export function adamSchedule(from: number, count: number, learningRate: number): { readonly sizes: Float32Array; readonly epsilons: Float32Array } {
  const sizes = new Float32Array(count);
  const epsilons = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const step = from + index + 1;
    const firstScale = (1 - BETA_1) / (1 - BETA_1 ** step);
    const secondScale = Math.sqrt((1 - BETA_2) / (1 - BETA_2 ** step));
    sizes[index] = (learningRate * firstScale) / secondScale;
    epsilons[index] = EPSILON / secondScale;
  }
  return { sizes, epsilons };
}

/**
 * Writes one step of Adam (Kingma and Ba 2015), with decoupled weight decay (Loshchilov and Hutter 2019) where `decays`:
 * value = value * decay - size * first / (sqrt(second) + epsilon).
 */
export function emitAdam(graph: GraphBuilder, state: AdamState, gradient: Value, step: AdamStep, decays: boolean): AdamState {
  const first = graph.node('Add', [graph.node('Mul', [state.first, step.beta1]), gradient]);
  const square = graph.node('Mul', [gradient, gradient]);
  const second = graph.node('Add', [graph.node('Mul', [state.second, step.beta2]), square]);
  const deviation = graph.node('Add', [graph.node('Sqrt', [second]), step.epsilon]);
  const update = graph.node('Mul', [graph.node('Div', [first, deviation]), step.size]);
  const decayed = decays ? graph.node('Mul', [state.value, step.decay]) : state.value;
  return { value: graph.node('Sub', [decayed, update]), first, second };
}
