import type { Tensor, TensorInfo, TensorMap } from '../../engine/tensor.js';
import type { LoadedModel } from '../contracts.js';
import { decodeBinaryData } from './binary-tensors.js';
import { datatypeOf } from './datatypes.js';
import { decodeJsonData } from './json-tensors.js';
import { invalidRequest, invalidTensor, quoted, quotedNames } from './refusals.js';
import { fitShape } from './tensor-shape.js';
import type { WireInput } from './wire-input.js';

/** The inputs of a request, in the order of the signature, with the rows as dimension 0. */
export interface RequestTensors {
  readonly inputs: TensorMap;
  readonly rows: number;
}

/**
 * Decodes the inputs of a request and the binary data that follows its JSON. Throws INVALID_INPUT that names the tensor when names,
 * datatypes, shapes, rows or sizes do not fit the model and each other.
 */
export function readTensors(wireInputs: readonly WireInput[], binary: Uint8Array, model: Pick<LoadedModel, 'signature' | 'rowMode'>): RequestTensors {
  const { inputs } = model.signature;
  checkNames(wireInputs, inputs);
  const segments = splitBinary(wireInputs, binary);
  const byName = new Map(wireInputs.map((input) => [input.name, input]));
  const tensors: [string, Tensor][] = [];
  let rowWise: { readonly name: string; readonly rows: number } | null = null;
  for (const info of inputs) {
    const input = byName.get(info.name);
    if (input === undefined) throw invalidTensor(info.name, 'inputs', `this input is missing; expected ${quotedNames(inputs)}`);
    const { dims, rows } = fitInput(input, info, model);
    if (rows !== null && rowWise !== null && rows !== rowWise.rows) {
      throw invalidTensor(info.name, `${input.path}.shape`, `shape: expected ${rowWise.rows} rows as in input ${quoted(rowWise.name)}, got ${rows}`);
    }
    if (rows !== null) rowWise ??= { name: info.name, rows };
    tensors.push([info.name, { ...decodeInput(input, info, segments), dims }]);
  }
  // A model without inputs is one row.
  return { inputs: Object.fromEntries(tensors), rows: rowWise?.rows ?? 1 };
}

function fitInput(input: WireInput, info: TensorInfo, { rowMode }: Pick<LoadedModel, 'rowMode'>) {
  const datatype = datatypeOf(info.type);
  if (input.datatype !== datatype) throw invalidTensor(info.name, `${input.path}.datatype`, `datatype: expected ${datatype}, got ${quoted(input.datatype)}`);
  return fitShape(info, rowMode, input.shape, `${input.path}.shape`);
}

function decodeInput(input: WireInput, info: TensorInfo, segments: ReadonlyMap<WireInput, Uint8Array>): Tensor {
  const segment = segments.get(input);
  if (segment !== undefined) return decodeBinaryData(info, input.shape, segment, `${input.path}.parameters.binary_data_size`);
  return decodeJsonData(info, input.shape, input.data, `${input.path}.data`);
}

function checkNames(wireInputs: readonly WireInput[], inputs: readonly TensorInfo[]): void {
  const known = new Set(inputs.map(({ name }) => name));
  const seen = new Set<string>();
  for (const { name, path } of wireInputs) {
    if (!known.has(name)) throw invalidTensor(name, `${path}.name`, `unknown input; expected ${quotedNames(inputs)}`);
    if (seen.has(name)) throw invalidTensor(name, `${path}.name`, 'this input is given twice');
    seen.add(name);
  }
}

/** The bytes of each binary input, in the order of the request. */
function splitBinary(wireInputs: readonly WireInput[], binary: Uint8Array): Map<WireInput, Uint8Array> {
  const segments = new Map<WireInput, Uint8Array>();
  let at = 0;
  for (const input of wireInputs) {
    if (input.binarySize === null) continue;
    const left = binary.length - at;
    if (input.binarySize > left) {
      throw invalidTensor(input.name, `${input.path}.parameters.binary_data_size`, `binary_data_size: ${input.binarySize} bytes are announced, but the body has ${left} left after its JSON (the header Inference-Header-Content-Length says where that ends)`);
    }
    segments.set(input, binary.subarray(at, at + input.binarySize));
    at += input.binarySize;
  }
  const last = wireInputs.findLast((input) => input.binarySize !== null);
  if (at === binary.length) return segments;
  const fault = `the body has ${binary.length - at} bytes of binary data`;
  if (last === undefined) throw invalidRequest('inputs', `${fault}, but no input has parameters.binary_data_size (inputs: ${quotedNames(wireInputs)})`);
  throw invalidTensor(last.name, `${last.path}.parameters.binary_data_size`, `${fault} after the ${last.binarySize} of this input, and nothing that claims them`);
}
