import { readFileSync } from 'node:fs';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { beside, filled, matrix, plus } from '../experts/operators.js';
import type { Tree } from '../trees/tree.js';
import { emitTreeSums } from '../trees/trees-graph.js';

/** One tree of the file: columns and borders of its splits, values of its leaves. */
type WrittenTree = readonly [columns: number[], borders: (number | null)[], values: number[]];

/** What is corrected: the score of the label-free meta-model, or what experts that know labels say together. */
export type Corrected = 'label-free' | 'stacked';

const FILES: Readonly<Record<Corrected, string>> = { 'label-free': './trees.json', stacked: './stacked-trees.json' };
const loaded = new Map<Corrected, readonly Tree[]>();

/** The trees that `npm run bench:pretrained` grew on synthetic tasks; read once. */
export function pretrainedTrees(of: Corrected): readonly Tree[] {
  const known = loaded.get(of) ?? read(FILES[of]);
  loaded.set(of, known);
  return known;
}

function read(file: string): readonly Tree[] {
  return (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as readonly WrittenTree[]).map(([columns, borders, values]) => ({
    columns: Int32Array.from(columns), borders: Float32Array.from(borders, (border) => border ?? Infinity), values: Float64Array.from(values),
  }));
}

/** N x 1: what trees add to a failure logit, from columns of rows (N x any) and the facts beside them. */
export function emitCorrection(graph: GraphBuilder, columns: Value, facts: Float32Array, trees: readonly Tree[]): Value {
  const known = plus(graph, filled(graph, columns, facts.length, 0), matrix(graph, 1, facts.length, facts, 'facts'));
  return emitTreeSums(graph, beside(graph, [columns, known]), { start: Float64Array.of(0), rounds: trees.map((tree) => [tree]) });
}
