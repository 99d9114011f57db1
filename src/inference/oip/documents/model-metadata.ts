import type { TensorInfo } from '../../../engine/tensor.js';
import type { LoadedModel } from '../../contracts.js';
import { isRowWise, type RowMode } from '../../row-shape.js';
import { datatypeOf } from '../datatypes.js';
import { failureOutputs } from '../failure-outputs.js';

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  /** -1 is the batch and every other dimension that a request decides. */
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** What the documents tell of. */
export type DescribedModel = Pick<LoadedModel, 'key' | 'config' | 'signature' | 'rowMode' | 'base' | 'assumptions'>;

const VARIABLE = -1;

const described = ({ name, type }: TensorInfo, shape: readonly number[]): TensorMetadata => ({ name, datatype: datatypeOf(type), shape });
const declared = (dims: readonly (number | null)[]) => dims.map((dim) => dim ?? VARIABLE);

/** Any number of rows can be sent even where one run takes one: the first dimension is then variable although the graph says 1. */
function inputShape(input: TensorInfo, mode: RowMode): readonly number[] {
  const shape = declared(input.dims);
  return mode !== 'whole' && isRowWise(input, mode) ? [VARIABLE, ...shape.slice(1)] : shape;
}

function outputShape({ dims }: TensorInfo, mode: RowMode): readonly number[] {
  const shape = declared(dims);
  const [first, ...others] = shape;
  if (mode === 'single' && first === 1) return [VARIABLE, ...others];
  // Exporters declare the batch that they traced with. [1, rows] is no such case: its second dimension is the batch.
  const columns = first === 1 && shape.length === 2 && others[0] === VARIABLE;
  if (mode === 'batched' && first !== undefined && !columns) return [VARIABLE, ...others];
  return shape;
}

/** One row without a dimension of its own is still one value. */
function addedOutputs(model: DescribedModel): readonly TensorMetadata[] {
  if (!model.config.append_outputs) return [];
  const shape = [model.rowMode === 'whole' ? 1 : VARIABLE];
  return failureOutputs(model).map((output) => described(output, shape));
}

/** What runs a model, in Triton's words; a model that is served elsewhere has no such word. */
export function platformOf(model: DescribedModel): string {
  return model.base === null ? 'external' : 'onnxruntime_onnx';
}

/** The document of `GET /v2/models/{model}`: tensors as requests and replies carry them. */
export function modelMetadata(model: DescribedModel): ModelMetadata {
  const { key, signature, rowMode } = model;
  return {
    name: key.model,
    versions: [String(key.version)],
    platform: platformOf(model),
    inputs: signature.inputs.map((input) => described(input, inputShape(input, rowMode))),
    outputs: [...signature.outputs.map((output) => described(output, outputShape(output, rowMode))), ...addedOutputs(model)],
  };
}
