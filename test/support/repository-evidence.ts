import type { Tensor, TensorInfo, TensorType } from '../../src/engine/tensor.js';
import { UNKNOWN_GRAPH, type Evidence, type GraphEvidence, type Observation } from '../../src/inference/config/evidence.js';
import { parseModelFile } from '../../src/inference/config/file-parser.js';
import type { ModelSettings } from '../../src/inference/config/folder-reader.js';

export interface SeenOutput {
  readonly type?: TensorType;
  readonly dims: readonly (number | null)[];
  /** Rows of the warm-up runs, one run each; none: no run succeeded. */
  readonly seen?: readonly (readonly number[] | readonly string[])[];
  readonly maker?: string;
}

function tensorOf(type: TensorType, row: readonly number[] | readonly string[]): Tensor {
  const dims = [1, row.length];
  if (type === 'string') return { type, dims, data: row.map(String) };
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(row.map(Number), BigInt) };
  if (type === 'uint8') return { type, dims, data: Uint8Array.from(row, Number) };
  return { type: 'float32', dims, data: Float32Array.from(row, Number) };
}

function settingsOf(yaml: string): ModelSettings {
  const { file, faults } = parseModelFile(yaml);
  if (file === null) throw new Error(faults.join('; '));
  return { ...file, labels: Array.isArray(file.labels) ? file.labels.map(String) : null };
}

/** Evidence of a model of one input and these outputs, as if it had been run; an output whose dimension 0 is fixed has no entry for each row. */
export function evidenceOf(
  yaml: string,
  outputs: Readonly<Record<string, SeenOutput>>,
  classLabels: readonly string[] | null = null,
  graph: Partial<GraphEvidence> = {},
): Evidence {
  const infos: TensorInfo[] = Object.entries(outputs).map(([name, { type = 'float32', dims }]) => ({ name, type, dims }));
  const runs = Math.max(0, ...Object.values(outputs).map(({ seen }) => seen?.length ?? 0));
  const observations: Observation[] = Array.from({ length: runs }, (_, run) => ({
    rows: 1,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { type = 'float32', seen }]) => [name, tensorOf(type, seen?.[run] ?? [0])])),
  }));
  return {
    settings: settingsOf(yaml),
    signature: { inputs: [{ name: 'x', type: 'float32', dims: [null, 4] }], outputs: infos },
    rowOutputs: infos.filter(({ dims }) => dims[0] === null),
    graph: { ...UNKNOWN_GRAPH, makerOf: (name) => outputs[name]?.maker ?? null, classLabels, ...graph },
    observations,
  };
}
