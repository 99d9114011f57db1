import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitAdam, emitAdamConstants } from './net-adam.js';
import type { AdamState, AdamStep } from './net-adam.js';
import type { BatchValues } from './net-gradient.js';
import { emitGradients } from './net-gradient.js';
import { PARAMETERS, mapParameters, parameterShapes } from './net-types.js';
import type { NetHead, ParameterName, PerParameter } from './net-types.js';

/** Sizes that the training graph is written for; the number of rows and of steps is free. */
export interface NetGraphOptions {
  readonly head: NetHead;
  readonly members: number;
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly batchSize: number;
  readonly hasOffsets: boolean;
  /** 1 - learning rate x weight decay. */
  readonly decay: number;
}

/** The tensors that a run takes and gives back. */
export const STATE_PARTS = ['value', 'first', 'second'] as const satisfies readonly (keyof AdamState)[];
export type StatePart = (typeof STATE_PARTS)[number];

/** Name of a state tensor as an input; the output of the next state is called `next_` plus this. */
export function stateName(parameter: ParameterName, part: StatePart): string {
  return `${parameter}_${part}`;
}

/** Values of the outer graph that the loop body reads. */
interface OuterValues {
  readonly inputs: Value;
  readonly offsets: Value | null;
  readonly targets: Value;
  /** Row k is the target of class k. */
  readonly targetTable: Value;
  readonly batches: Value;
  readonly sizes: Value;
  readonly epsilons: Value;
  readonly constants: Pick<AdamStep, 'beta1' | 'beta2' | 'decay'>;
}

function emitOuterValues(graph: GraphBuilder, options: NetGraphOptions): OuterValues {
  const { outputs } = options;
  const classes = options.head === 'softmax' ? outputs : 2;
  const table = new Float32Array(classes * outputs);
  if (options.head === 'softmax') for (let index = 0; index < classes; index++) table[index * outputs + index] = 1;
  else table[1] = 1;
  return {
    inputs: graph.input('inputs', 'float32', ['rows', options.width]),
    offsets: options.hasOffsets ? graph.input('offsets', 'float32', ['rows', outputs]) : null,
    targets: graph.input('targets', 'int32', ['rows']),
    targetTable: graph.constant({ type: 'float32', dims: [classes, outputs], data: table }, 'target_table'),
    batches: graph.input('batches', 'int32', ['steps', options.members, options.batchSize]),
    sizes: graph.input('sizes', 'float32', ['steps']),
    epsilons: graph.input('epsilons', 'float32', ['steps']),
    constants: emitAdamConstants(graph, options.decay),
  };
}

function emitBatch(body: GraphBuilder, outer: OuterValues, step: Value): BatchValues {
  const rows = body.node('Gather', [outer.batches, step], { axis: 0 });
  return {
    inputs: body.node('Gather', [outer.inputs, rows], { axis: 0 }),
    offsets: outer.offsets === null ? null : body.node('Gather', [outer.offsets, rows], { axis: 0 }),
    targets: body.node('Gather', [outer.targetTable, body.node('Gather', [outer.targets, rows], { axis: 0 })], { axis: 0 }),
  };
}

/** Writes the body of the loop: one optimizer step on one mini-batch of every member. */
function emitBody(body: GraphBuilder, outer: OuterValues, options: NetGraphOptions): void {
  const shapes = parameterShapes(options.members, options.width, options.hidden, options.outputs);
  const step = body.input('step', 'int64', []);
  const condition = body.input('condition', 'bool', []);
  const read = (name: ParameterName, part: StatePart): Value => body.input(stateName(name, part), 'float32', shapes[name]);
  const state: PerParameter<AdamState> = mapParameters((name) => ({
    value: read(name, 'value'),
    first: read(name, 'first'),
    second: read(name, 'second'),
  }));

  const parameters = mapParameters((name) => state[name].value);
  const gradients = emitGradients(body, emitBatch(body, outer, step), parameters, { ...options, type: 'float32' });
  const adamStep: AdamStep = {
    ...outer.constants,
    size: body.node('Gather', [outer.sizes, step], { axis: 0 }),
    epsilon: body.node('Gather', [outer.epsilons, step], { axis: 0 }),
  };
  body.output('go_on', condition, 'bool', []);
  for (const name of PARAMETERS) {
    const next = emitAdam(body, state[name], gradients[name], adamStep, name === 'w1' || name === 'w2');
    for (const part of STATE_PARTS) body.output(`next_${stateName(name, part)}`, next[part], 'float32', shapes[name]);
  }
}

/**
 * Writes the training graph. Inputs: `inputs` (rows, width), `offsets` (rows, outputs) if there are any, `targets` (rows),
 * `batches` (steps, members, batch) with row indexes, `sizes` and `epsilons` (steps) of Adam, and the state tensors.
 * Outputs: the state after one step for each entry of `batches`.
 */
export function buildTrainingModel(options: NetGraphOptions): Uint8Array {
  const shapes = parameterShapes(options.members, options.width, options.hidden, options.outputs);
  const graph = createGraphBuilder();
  const outer = emitOuterValues(graph, options);
  const names = PARAMETERS.flatMap((parameter) => STATE_PARTS.map((part) => ({ parameter, name: stateName(parameter, part) })));
  const initial = names.map(({ parameter, name }) => graph.input(name, 'float32', shapes[parameter]));

  const body = graph.subgraph('optimizer_step');
  emitBody(body, outer, options);
  const steps = graph.node('Shape', [outer.batches], { start: 0, end: 1 });
  const final = graph.nodes('Loop', [steps, graph.scalar('bool', 1), ...initial], names.length, { body: body.toSubgraph() });
  for (const [index, { parameter, name }] of names.entries()) {
    const value = final[index];
    if (value !== undefined) graph.output(`next_${name}`, value, 'float32', shapes[parameter]);
  }
  return graph.toModel();
}
