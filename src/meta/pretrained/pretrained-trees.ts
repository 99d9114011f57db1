import { readFileSync } from 'node:fs';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { beside, filled, matrix, plus } from '../experts/operators.js';
import type { Tree } from '../trees/tree.js';
import { emitTreeSums } from '../trees/trees-graph.js';

/** One tree of the file: columns and borders of its splits, values of its leaves. */
type WrittenTree = readonly [columns: number[], borders: (number | null)[], values: number[]];

const FILE = new URL('./trees.json', import.meta.url);
let loaded: readonly Tree[] | null = null;

/** The trees that `npm run bench:pretrained` grew on synthetic tasks; read once. */
export function pretrainedTrees(): readonly Tree[] {
  loaded ??= (JSON.parse(readFileSync(FILE, 'utf8')) as readonly WrittenTree[]).map(([columns, borders, values]) => ({
    columns: Int32Array.from(columns), borders: Float32Array.from(borders, (border) => border ?? Infinity), values: Float64Array.from(values),
  }));
  return loaded;
}

/** N x 1: what trees add to a failure logit, from the signals (N x SIGNAL_COUNT) of rows and the facts of their model. */
export function emitCorrection(graph: GraphBuilder, signals: Value, facts: Float32Array, trees: readonly Tree[]): Value {
  const known = plus(graph, filled(graph, signals, facts.length, 0), matrix(graph, 1, facts.length, facts, 'facts'));
  return emitTreeSums(graph, beside(graph, [signals, known]), { start: Float64Array.of(0), rounds: trees.map((tree) => [tree]) });
}
