import type { Tensor } from '../tensor.js';
import { constantOf, originsOf, type Producers } from './graph-walk.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';

/** Operators that hand on one number a row in another form. */
const PASSING = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

interface Column {
  readonly tensor: string;
  readonly index: number;
}

function onlyNumber(tensor: Tensor | null): number | null {
  return tensor !== null && tensor.type !== 'string' && tensor.data.length === 1 ? Number(tensor.data[0]) : null;
}

function slicedColumn({ inputs }: OnnxNode, constant: (name: string | undefined) => number | null): number | null {
  const [start, end, axis, step] = [constant(inputs[1]), constant(inputs[2]), constant(inputs[3]), inputs[4] === undefined ? 1 : constant(inputs[4])];
  return start !== null && end === start + 1 && axis === 1 && step === 1 ? start : null;
}

/** The one column of a tensor that a node picks. */
function pickedColumn(node: OnnxNode, model: OnnxModel, producers: Producers): Column | null {
  const constant = (name: string | undefined) => onlyNumber(constantOf(name, model, producers));
  const [tensor] = node.inputs;
  let index: number | null = null;
  if (node.opType === 'Slice' && node.domain === '') index = slicedColumn(node, constant);
  else if (node.opType === 'ArrayFeatureExtractor' && node.domain === 'ai.onnx.ml') index = constant(node.inputs[1]);
  else if (node.opType === 'Gather' && node.attributes.int('axis') === 1n) index = constant(node.inputs[1]);
  return tensor === undefined || index === null ? null : { tensor, index };
}

function columnBehind(output: string, model: OnnxModel, producers: Producers): Column | null {
  for (const node of originsOf(output, producers)) {
    const column = pickedColumn(node, model, producers);
    if (column !== null) return column;
    if (!PASSING.has(node.opType)) return null;
  }
  return null;
}

/**
 * The tensor whose columns are spread over outputs of one number a row each, in their order, as scikit-learn's classifiers are converted with
 * `zipmap: columns`. Null when there is none, when columns are missing, or when the tensor is an output itself.
 */
export function probabilityColumns(model: OnnxModel, producers: Producers): { readonly tensor: string; readonly columns: readonly string[] } | null {
  const found = model.outputs.flatMap(({ name }) => {
    const column = columnBehind(name, model, producers);
    return column === null ? [] : [{ name, ...column }];
  });
  const [first] = found;
  if (first === undefined || found.length < 2 || !found.every(({ tensor, index }, place) => tensor === first.tensor && index === place)) return null;
  if (model.outputs.some(({ name }) => name === first.tensor || name === 'probabilities')) return null;
  return { tensor: first.tensor, columns: found.map(({ name }) => name) };
}
