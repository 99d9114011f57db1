import { createDirectSession } from '../../src/engine/direct-session.js';
import { runStage, type Stage } from '../../src/meta/fit/staged-run.js';
import { META_GRAPH } from '../../src/meta/features/layout.js';

type Feeds<In extends string> = Readonly<Record<In, readonly (readonly number[])[]>>;

/** Runs emitted operators on small matrices given as rows; the outputs come back as rows (none for an absent output). */
export async function runEmitted<In extends string, Out extends string>(feeds: Feeds<In>, emit: Stage<In, Out>['emit']): Promise<Record<Out, number[][]>> {
  const sets = Object.fromEntries(Object.entries<readonly (readonly number[])[]>(feeds).map(([name, rows]) =>
    [name, { width: rows[0]!.length, data: Float32Array.from(rows.flat()) }])) as unknown as Stage<In, Out>['feeds'];
  const rows = Object.values<readonly (readonly number[])[]>(feeds)[0]!.length;
  const result = await runStage({ rows, chunk: rows, feeds: sets, emit });
  const toRows = (set: { width: number; data: Float32Array } | null) => (set === null ? [] : matrixRows(set));
  const matrixRows = ({ width, data }: { width: number; data: Float32Array }) => Array.from({ length: rows }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
  return Object.fromEntries(Object.entries(result).map(([name, set]) => [name, toRows(set as { width: number; data: Float32Array } | null)])) as Record<Out, number[][]>;
}

/** Failure probabilities of a serving graph. */
export async function serve(onnx: Uint8Array, features: Float32Array, width: number): Promise<Float32Array> {
  const session = await createDirectSession({ bytes: onnx }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  try {
    const reply = await session.run({ [META_GRAPH.input]: { type: 'float32', dims: [features.length / width, width], data: features } });
    const output = reply[META_GRAPH.output];
    if (output?.type !== 'float32' || output.dims.length !== 1) throw new Error('expected a float32 vector');
    return output.data;
  } finally {
    await session.release();
  }
}

/** Whether all elements agree within an absolute and relative tolerance. */
export function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-4): boolean {
  return actual.length === expected.length && actual.every((value, i) => Math.abs(value - expected[i]!) <= tolerance * (1 + Math.abs(expected[i]!)));
}
