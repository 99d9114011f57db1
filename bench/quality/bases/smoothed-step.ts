import { createDirectSession } from '../../../src/engine/direct-session.js';
import type { DirectSession } from '../../../src/engine/engine.js';
import { createGraphBuilder } from '../../../src/engine/onnx/graph-builder.js';
import { emitAdam, emitAdamConstants } from '../../../src/meta/training/net-adam.js';
import { emitGradients } from '../../../src/meta/training/net-gradient.js';
import { PARAMETERS, mapParameters, parameterShapes } from '../../../src/meta/training/net-types.js';

export interface StepShape {
  readonly width: number;
  readonly hidden: number;
  readonly classes: number;
  readonly batchSize: number;
  /** 1 - learning rate x weight decay. */
  readonly decay: number;
}

/** Parts of the state of each parameter, as they are named in the graph: `w1_value`, `w1_first`, ... */
export const PARTS = ['value', 'first', 'second'] as const;

/**
 * A session that makes one step of Adam on targets that are distributions. Inputs: `inputs` (1, batch, width), `targets`
 * (1, batch, classes), `size`, `epsilon` and the state; outputs: the state after the step, under `next_` names.
 */
export function openStep({ width, hidden, classes, batchSize, decay }: StepShape): Promise<DirectSession> {
  const graph = createGraphBuilder();
  const shapes = parameterShapes(1, width, hidden, classes);
  const inputs = graph.input('inputs', 'float32', [1, batchSize, width]);
  const targets = graph.input('targets', 'float32', [1, batchSize, classes]);
  const step = { ...emitAdamConstants(graph, decay), size: graph.input('size', 'float32', []), epsilon: graph.input('epsilon', 'float32', []) };
  const state = mapParameters((name) => {
    const [value, first, second] = PARTS.map((part) => graph.input(`${name}_${part}`, 'float32', shapes[name]));
    if (value === undefined || first === undefined || second === undefined) throw new Error('a parameter has three parts');
    return { value, first, second };
  });
  const values = mapParameters((name) => state[name].value);
  const gradients = emitGradients(graph, { inputs, offsets: null, targets }, values, { head: 'softmax', batchSize, type: 'float32' });
  for (const name of PARAMETERS) {
    const next = emitAdam(graph, state[name], gradients[name], step, name === 'w1' || name === 'w2');
    for (const part of PARTS) graph.output(`next_${name}_${part}`, next[part], 'float32', shapes[name]);
  }
  return createDirectSession({ bytes: graph.toModel() }, { executionProviders: ['cpu'], intraOpThreads: 1 });
}
