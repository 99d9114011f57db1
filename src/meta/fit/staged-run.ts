import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDirectSession } from '../../engine/direct-session.js';
import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { TensorMap } from '../../engine/tensor.js';
import type { ColumnSet } from './column-set.js';

/** A set of columns by name; null where a form has no such columns. */
export type ColumnSets<Name extends string> = Readonly<Record<Name, ColumnSet | null>>;

/** A stage of the fit: a graph over rows whose inputs and outputs are column sets. */
export interface Stage<In extends string, Out extends string> {
  readonly rows: number;
  /** Rows of one run. */
  readonly chunk: number;
  readonly feeds: ColumnSets<In>;
  /** Writes the graph; an input that is not fed is null. Every output is a float32 matrix. */
  emit(graph: GraphBuilder, inputs: Readonly<Record<In, Value | null>>): Readonly<Record<Out, Value | null>>;
}

export interface StageHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: ((done: number, total: number) => void) | undefined;
}

/** Runs a stage over all rows in chunks, so that memory stays bounded and a cancel is seen soon. */
export async function runStage<In extends string, Out extends string>(stage: Stage<In, Out>, hooks: StageHooks = {}): Promise<ColumnSets<Out>> {
  const results: Record<string, ColumnSet | null> = {};
  for (const name of writeStage(stage).names.keys()) results[name] = null;
  for await (const { start, outputs } of runChunks(stage, hooks)) {
    for (const [name, part] of Object.entries<ColumnSet | null>(outputs)) {
      if (part === null) continue;
      const whole = results[name] ?? { width: part.width, data: new Float32Array(stage.rows * part.width) };
      whole.data.set(part.data, start * part.width);
      results[name] = whole;
    }
  }
  return results as ColumnSets<Out>;
}

/** Runs a stage chunk by chunk; an output may have any number of rows (a sum over the chunk, for example). */
export async function* runChunks<In extends string, Out extends string>(
  stage: Stage<In, Out>, { signal, onRows }: StageHooks,
): AsyncGenerator<{ readonly start: number; readonly outputs: ColumnSets<Out> }> {
  const { bytes, names } = writeStage(stage);
  if ([...names.values()].every((there) => !there)) return;
  const session = await createDirectSession({ bytes }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    for (let start = 0; start < stage.rows; start += stage.chunk) {
      // A run blocks the thread: timers, messages and signals get their turn in between.
      await nextTurn();
      signal?.throwIfAborted();
      const end = Math.min(stage.rows, start + stage.chunk);
      const tensors = await session.run(chunkFeeds(stage.feeds, start, end));
      const outputs = Object.fromEntries([...names].map(([name, there]) => [name, there ? columnsOf(tensors, name) : null]));
      yield { start, outputs: outputs as ColumnSets<Out> };
      onRows?.(end, stage.rows);
    }
  } finally {
    await session.release();
  }
}

/** The model of a stage, and of each output whether it is there. */
function writeStage<In extends string, Out extends string>(
  { feeds, emit }: Stage<In, Out>,
): { bytes: Uint8Array; names: ReadonlyMap<string, boolean> } {
  const graph = createGraphBuilder();
  const inputs = Object.entries<ColumnSet | null>(feeds).map(([name, set]) =>
    [name, set === null ? null : graph.input(name, 'float32', ['rows', set.width])]);
  const outputs = emit(graph, Object.fromEntries(inputs) as Record<In, Value | null>);
  const names = new Map<string, boolean>();
  for (const [name, value] of Object.entries<Value | null>(outputs)) {
    names.set(name, value !== null);
    if (value !== null) graph.output(outputName(name), value, 'float32', [null, null]);
  }
  return { bytes: graph.toModel(), names };
}

/** A stage may hand on an input under its own name. */
function outputName(name: string): string {
  return `out_${name}`;
}

function chunkFeeds(feeds: Readonly<Record<string, ColumnSet | null>>, start: number, end: number): TensorMap {
  const tensors: Record<string, TensorMap[string]> = {};
  for (const [name, set] of Object.entries(feeds)) {
    if (set === null) continue;
    tensors[name] = { type: 'float32', dims: [end - start, set.width], data: set.data.subarray(start * set.width, end * set.width) };
  }
  return tensors;
}

function columnsOf(tensors: TensorMap, name: string): ColumnSet {
  const tensor = tensors[outputName(name)];
  const width = tensor?.dims[1];
  if (tensor?.type !== 'float32' || width === undefined) throw new Error(`the stage gave no matrix ${name}`);
  return { width, data: tensor.data };
}
