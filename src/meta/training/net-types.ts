/** `softmax`: cross-entropy over `outputs` classes. `sigmoid`: log loss of one output. */
export type NetHead = 'softmax' | 'sigmoid';

/** What the nets learn; every member sees the same rows. */
export interface NetTask {
  readonly head: NetHead;
  /** rows x width, row-major. */
  readonly inputs: Float32Array;
  readonly rows: number;
  readonly width: number;
  /** Classes of a softmax head; 1 for a sigmoid head. */
  readonly outputs: number;
  /** rows x outputs: fixed logits that the net corrects (logits = offset + net); null is zero. */
  readonly offsets: Float32Array | null;
  /** rows: the class index (softmax), or 0 and 1 (sigmoid). */
  readonly targets: Int32Array;
}

export interface NetOptions {
  readonly hidden: number;
  /** Rows of a mini-batch; lowered to the rows of the smallest member. */
  readonly batchSize: number;
  readonly steps: number;
  /** Steps after which the weights are kept: ascending, from 1 to `steps`. */
  readonly snapshots: readonly number[];
  readonly learningRate: number;
  /** Decoupled: both weight matrices are multiplied by 1 - learningRate * weightDecay in each step. */
  readonly weightDecay: number;
  /** The output layer starts at zero, so that the untrained net is its offset. */
  readonly zeroOutput: boolean;
  /** Integer from 0 to 2^53 - 1. */
  readonly seed: number;
}

export interface NetHooks {
  /** Steps done of all steps; rises from call to call and ends with done = total. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the training with the signal's reason (an AbortError by default). */
  readonly signal?: AbortSignal;
}

/** `members` nets with one hidden ReLU layer: outputs = relu(x w1 + b1) w2 + b2. Row-major. */
export interface NetWeights {
  readonly members: number;
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  /** members x width x hidden. */
  readonly w1: Float32Array;
  /** members x hidden. */
  readonly b1: Float32Array;
  /** members x hidden x outputs. */
  readonly w2: Float32Array;
  /** members x outputs. */
  readonly b2: Float32Array;
}

/** One thing for each parameter tensor of the nets. */
export interface PerParameter<T> {
  readonly w1: T;
  readonly b1: T;
  readonly w2: T;
  readonly b2: T;
}
export const PARAMETERS = ['w1', 'b1', 'w2', 'b2'] as const satisfies readonly (keyof PerParameter<unknown>)[];
export type ParameterName = (typeof PARAMETERS)[number];

/** Shapes of the parameters in a graph: biases have a dimension of 1 in place of the rows, so that they broadcast. */
export function parameterShapes(members: number, width: number, hidden: number, outputs: number): PerParameter<readonly [number, number, number]> {
  return { w1: [members, width, hidden], b1: [members, 1, hidden], w2: [members, hidden, outputs], b2: [members, 1, outputs] };
}

export function mapParameters<T>(make: (name: ParameterName) => T): PerParameter<T> {
  return { w1: make('w1'), b1: make('b1'), w2: make('w2'), b2: make('b2') };
}
