import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { minus, plus, times } from '../experts/operators.js';

/** Sizes that the graph is written for; the number of rows is free. */
export interface RidgeGraphOptions {
  readonly classes: number;
  /** Fits that run beside each other, each on its own rows. */
  readonly fits: number;
  readonly iterations: number;
}

/** Keeps a column that has converged from dividing 0 by 0. */
const TINY = 1e-20;

/**
 * Writes the solver of kernel ridge regression: for each fit f with its rows' mask M_f, (M_f G M_f + penalties) x = M_f y for every class
 * by the conjugate gradient method (Hestenes and Stiefel 1952), all columns at once, so that an iteration is one product with the Gram
 * matrix G. Inputs: `gram` (n x n), `targets` (n x classes), `masks` (n x fits, 0 or 1), `penalties` (n x 1), `start` (n x fits
 * classes), a first guess that is 0 outside the masks. Outputs: `solution` and `fitted` = G solution, n x fits classes, fit by fit.
 */
export function buildRidgeModel({ classes, fits, iterations }: RidgeGraphOptions): Uint8Array {
  const graph = createGraphBuilder();
  const columns = fits * classes;
  const gram = graph.input('gram', 'float32', ['rows', 'rows']);
  const targets = graph.input('targets', 'float32', ['rows', classes]);
  const masks = graph.input('masks', 'float32', ['rows', fits]);
  const penalties = graph.input('penalties', 'float32', ['rows', 1]);
  const start = graph.input('start', 'float32', ['rows', columns]);

  const ofFits = graph.node('Unsqueeze', [masks, graph.ints([2])]);
  const flat = (value: Value) => graph.node('Reshape', [value, graph.ints([-1, columns])]);
  const wanted = flat(times(graph, ofFits, graph.node('Unsqueeze', [targets, graph.ints([1])])));
  const ones = graph.constant({ type: 'float32', dims: [1, 1, classes], data: new Float32Array(classes).fill(1) }, 'ones');
  const system: System = { gram, mask: flat(times(graph, ofFits, ones)), penalties };
  const residual = minus(graph, wanted, applied(graph, system, start));

  const body = graph.subgraph('conjugate_gradient_step');
  emitStep(body, system, columns);
  const trips = graph.scalar('int64', iterations);
  const final = graph.nodes('Loop', [trips, graph.scalar('bool', 1), start, residual, residual, squares(graph, residual)], 4, { body: body.toSubgraph() });
  const solution = final[0]!;
  graph.output('solution', solution, 'float32', [null, columns]);
  graph.output('fitted', graph.node('MatMul', [gram, solution]), 'float32', [null, columns]);
  return graph.toModel();
}

interface System {
  readonly gram: Value;
  readonly mask: Value;
  readonly penalties: Value;
}

/** (M G M + penalties) x for x that is 0 outside M. */
function applied(graph: GraphBuilder, { gram, mask, penalties }: System, x: Value): Value {
  return plus(graph, times(graph, graph.node('MatMul', [gram, x]), mask), times(graph, x, penalties));
}

/** 1 x columns: squared norm of each column. */
function squares(graph: GraphBuilder, value: Value, other: Value = value): Value {
  return graph.node('ReduceSum', [times(graph, value, other), graph.ints([0])], { keepdims: 1 });
}

function emitStep(body: GraphBuilder, system: System, columns: number): void {
  body.input('iteration', 'int64', []);
  const condition = body.input('condition', 'bool', []);
  const solution = body.input('x', 'float32', [null, columns]);
  const residual = body.input('r', 'float32', [null, columns]);
  const direction = body.input('p', 'float32', [null, columns]);
  const norm = body.input('rr', 'float32', [1, columns]);
  const ratio = (a: Value, b: Value) => body.node('Div', [a, body.node('Max', [b, body.scalar('float32', TINY)])]);
  const image = applied(body, system, direction);
  const step = ratio(norm, squares(body, direction, image));
  const next = minus(body, residual, times(body, image, step));
  const nextNorm = squares(body, next);
  body.output('go_on', condition, 'bool', []);
  body.output('next_x', plus(body, solution, times(body, direction, step)), 'float32', [null, columns]);
  body.output('next_r', next, 'float32', [null, columns]);
  body.output('next_p', plus(body, next, times(body, direction, ratio(nextNorm, norm))), 'float32', [null, columns]);
  body.output('next_rr', nextNorm, 'float32', [1, columns]);
}
