import type { ModelFile } from './file-schema.js';

type DeclaredTensors = NonNullable<ModelFile['outputs']>;
type TensorKey = 'inputs' | 'outputs';

function shapeFaults(key: TensorKey, { shape }: DeclaredTensors[number], index: number): string[] {
  return shape.flatMap((dim, axis) => {
    const path = `${key}[${index}].shape[${axis}]`;
    if (axis === 0) return dim === -1 || dim === 1 ? [] : [`${path}: is the row and must be -1 (or 1), got ${dim}`];
    return dim === 0 ? [`${path}: must be -1 (variable) or at least 1, got 0`] : [];
  });
}

function tensorFaults(key: TensorKey, tensors: DeclaredTensors): string[] {
  const names = tensors.map(({ name }) => name);
  return tensors.flatMap((tensor, index) => [
    ...(names.indexOf(tensor.name) < index ? [`${key}[${index}].name: ${tensor.name} is declared twice`] : []),
    ...shapeFaults(key, tensor, index),
  ]);
}

function sharedNameFaults(inputs: DeclaredTensors, outputs: DeclaredTensors): string[] {
  return inputs.flatMap(({ name }, index) =>
    outputs.some((output) => output.name === name) ? [`inputs[${index}].name: ${name} is the name of an output, too; give one of them another`] : [],
  );
}

/** Faults of `source` and of the tensors that only a model which is served elsewhere declares. */
export function sourceFaults({ source, inputs, outputs }: ModelFile): string[] {
  if (source === 'onnx') {
    const declared = { inputs, outputs };
    const keys = (['inputs', 'outputs'] as const).filter((key) => declared[key] !== undefined);
    return keys.map((key) => `${key}: belongs to source external; a model of source onnx has its own ${key}`);
  }
  const missing = outputs === undefined ? ['outputs: is required for source external; give name, datatype and shape of each output'] : [];
  const shared = sharedNameFaults(inputs ?? [], outputs ?? []);
  return [...missing, ...tensorFaults('inputs', inputs ?? []), ...tensorFaults('outputs', outputs ?? []), ...shared];
}
