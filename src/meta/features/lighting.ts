import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addRootMeanSquare } from './statistics.js';

/** Contrast below this part of the brightness is rounding: such a picture is flat. */
const FLAT = 1e-4;
/** The logarithm of nothing; pixels are counted from 0 to 1 or to 255. */
const DARKEST = 1e-3;
const TINY = 1e-12;

/** What light does to a picture, and the picture without it. */
export interface Lighting {
  /** The pixels less their mean, [N, pixels]. */
  readonly centred: Value;
  /** Root mean square around the mean, [N, 1]. */
  readonly contrast: Value;
  /** Strengths below it are rounding, [N, 1]. */
  readonly flat: Value;
  /** Natural logarithms of brightness (root mean square) and contrast, [N, 1] each. */
  readonly logarithms: readonly Value[];
}

/** `pixels`: finite float32 [N, pixels] of all channels. */
export function addLighting(graph: GraphBuilder, pixels: Value): Lighting {
  const centred = graph.node('Sub', [pixels, addMean(graph, pixels)]);
  const [brightness, contrast] = [addRootMeanSquare(graph, pixels, [1]), addRootMeanSquare(graph, centred, [1])];
  const flat = graph.node('Add', [graph.node('Mul', [brightness, graph.scalar('float32', FLAT)]), graph.scalar('float32', TINY)]);
  return { centred, contrast, flat, logarithms: [addLog(graph, brightness), addLog(graph, contrast)] };
}

/** Values [N, n] by a strength [N, 1] of their picture, that of a flat one at least. */
export function addRelative(graph: GraphBuilder, values: Value, strength: Value, { flat }: Lighting): Value {
  return graph.node('Div', [values, graph.node('Max', [strength, flat])]);
}

/** Of each row of [N, n]: [N, 1]. */
export function addMean(graph: GraphBuilder, value: Value): Value {
  return graph.node('ReduceMean', [value], { axes: [1], keepdims: 1 });
}

function addLog(graph: GraphBuilder, value: Value): Value {
  return graph.node('Log', [graph.node('Add', [value, graph.scalar('float32', DARKEST)])]);
}
