import { elementTypeName } from './tensor-reader.js';
import { producersOf } from './graph-walk.js';
import type { Producers } from './graph-walk.js';
import type { OnnxModel } from './model-reader.js';
import { probabilityColumns } from './probability-columns.js';
import { tensorsBehind, type TensorsBehind } from './tensors-behind.js';
import type { ValueInfo } from './value-info.js';

/** What becomes of a graph output that onnxruntime-node cannot carry, or that is added. */
export type OutputChange = { readonly output: string } & (
  | ({ readonly kind: 'replaced' } & TensorsBehind)
  /** A tensor of an element type that is carried as another one. */
  | { readonly kind: 'cast'; readonly from: string; readonly to: 'float32' | 'uint8' | 'int8'; readonly dims: ValueInfo['dims'] }
  | { readonly kind: 'dropped'; readonly reason: string }
  /** Several outputs are the columns of one tensor, which is one more output. */
  | { readonly kind: 'added'; readonly tensor: string; readonly columns: readonly string[] }
);

/** Names of TensorProto.DataType beyond those that onnxruntime-node can carry, and what Cast makes of them. */
const UNCARRIED: ReadonlyMap<number, readonly [name: string, to: 'float32' | 'uint8' | 'int8' | null]> = new Map([
  [14, ['complex64', null]],
  [15, ['complex128', null]],
  [16, ['bfloat16', 'float32']],
  [17, ['float8e4m3fn', 'float32']],
  [18, ['float8e4m3fnuz', 'float32']],
  [19, ['float8e5m2', 'float32']],
  [20, ['float8e5m2fnuz', 'float32']],
  [21, ['uint4', 'uint8']],
  [22, ['int4', 'int8']],
  [23, ['float4e2m1', 'float32']],
  [24, ['float8e8m0', 'float32']],
  [25, ['uint2', 'uint8']],
  [26, ['int2', 'int8']],
]);

function typeName(elementType: number): string {
  return UNCARRIED.get(elementType)?.[0] ?? `number ${elementType}`;
}

function changeOfTensor({ name, elementType, dims }: ValueInfo): OutputChange | null {
  // An output whose type is not declared is typed by the engine.
  if (elementType === null || elementType === 0 || elementTypeName(elementType) !== null) return null;
  const to = UNCARRIED.get(elementType)?.[1] ?? null;
  const from = typeName(elementType);
  return to === null ? { output: name, kind: 'dropped', reason: `its element type ${from} cannot be carried` } : { output: name, kind: 'cast', from, to, dims };
}

function changeOf(info: ValueInfo, producers: Producers): OutputChange | null {
  const { name, kind } = info;
  if (kind === 'tensor') return changeOfTensor(info);
  const behind = tensorsBehind(name, producers);
  if (behind !== null && !(kind === 'unknown' && behind.form === 'elements' && behind.tensors.length === 0)) return { output: name, kind: 'replaced', ...behind };
  if (kind === 'unknown') return null;
  const maker = producers.get(name)?.opType;
  return { output: name, kind: 'dropped', reason: `it is a ${kind}${maker === undefined ? '' : ` made by ${maker}`}, and the tensors in it are not known before a run` };
}

/** What has to become of the outputs of a model, so that all that remain are tensors which onnxruntime-node carries. */
export function planOutputs(model: OnnxModel): readonly OutputChange[] {
  const producers = producersOf(model.nodes);
  const changes = model.outputs.flatMap((info) => changeOf(info, producers) ?? []);
  const columns = probabilityColumns(model, producers);
  return columns === null ? changes : [...changes, { output: 'probabilities', kind: 'added', ...columns }];
}

/** Why an input cannot be carried, beginning with its name; null when all can. */
export function inputFault({ inputs }: OnnxModel): string | null {
  for (const { name, kind, elementType } of inputs) {
    if (kind !== 'tensor' && kind !== 'unknown') return `input ${name} is ${kind === 'optional' ? 'an' : 'a'} ${kind}; only tensors can be sent`;
    if (elementType !== null && elementType !== 0 && elementTypeName(elementType) === null) {
      return `input ${name} has the element type ${typeName(elementType)}, which cannot be sent`;
    }
  }
  return null;
}
