import type { Attributes } from './attributes.js';
import { constantOf, producersOf, type Producers } from './graph-walk.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';

/** Operators that hand on the columns of a table as they are. */
const PASSING = new Set(['Identity', 'Cast', 'Scaler', 'Normalizer', 'Imputer', 'Binarizer', 'Sub', 'Div', 'Add', 'Mul']);
/** Axis of the columns of a table, and of the channels of an image. */
const COLUMNS = 1;

function largest(values: readonly bigint[] | null): number | null {
  return values === null ? null : values.reduce((most, value) => Math.max(most, Number(value)), 0);
}

function perClass(attributes: Attributes, coefficients: number): number {
  const classes = attributes.ints('classlabels_ints')?.length ?? attributes.strings('classlabels_strings')?.length ?? 1;
  return coefficients % classes === 0 ? coefficients / classes : coefficients;
}

/** Columns that an operator of ai.onnx.ml reads. */
function columnsOfMl({ opType, attributes }: OnnxNode): number | null {
  const lengthOf = (name: string): number | null => attributes.floats(name)?.length ?? null;
  switch (opType) {
    case 'TreeEnsembleClassifier':
    case 'TreeEnsembleRegressor': {
      const last = largest(attributes.ints('nodes_featureids'));
      return last === null ? null : last + 1;
    }
    case 'LinearClassifier': {
      const coefficients = lengthOf('coefficients');
      return coefficients === null ? null : perClass(attributes, coefficients);
    }
    case 'LinearRegressor': {
      const coefficients = lengthOf('coefficients');
      return coefficients === null ? null : coefficients / Number(attributes.int('targets') ?? 1n);
    }
    case 'Scaler':
      return lengthOf('scale') ?? lengthOf('offset');
    case 'Imputer':
      return lengthOf('imputed_value_floats') ?? attributes.ints('imputed_value_int64s')?.length ?? null;
    default:
      return null;
  }
}

/** Columns that a node reads from its first input, a table; null where the node does not tell. */
function columnsRead(node: OnnxNode, model: OnnxModel, producers: Producers): number | null {
  if (node.domain === 'ai.onnx.ml') {
    const columns = columnsOfMl(node);
    // One number may stand for all columns.
    return columns === 1 && PASSING.has(node.opType) ? null : columns;
  }
  const shape = model.initializerDims(node.inputs[1] ?? '') ?? constantOf(node.inputs[1], model, producers)?.dims ?? null;
  if (shape === null) return null;
  if (node.opType === 'MatMul' && shape.length === 2) return shape[0] ?? null;
  if (node.opType === 'Gemm') return shape[node.attributes.int('transB') === 1n ? 1 : 0] ?? null;
  if (PASSING.has(node.opType) && shape.length > 0 && (shape.at(-1) ?? 1) > 1) return shape.at(-1) ?? null;
  return null;
}

/** Channels of the image or signal that a node reads from its first input. */
function channelsRead(node: OnnxNode, model: OnnxModel): number | null {
  if (node.opType !== 'Conv') return null;
  const perGroup = model.initializerDims(node.inputs[1] ?? '')?.[1];
  return perGroup === undefined ? null : perGroup * Number(node.attributes.int('group') ?? 1n);
}

/**
 * Sizes of dimension 1 of inputs that the operators which read them give away: the columns of a table, the channels of an image.
 * Models are at times exported with these dimensions free.
 */
export function columnHints(model: OnnxModel): ReadonlyMap<string, number> {
  const producers = producersOf(model.nodes);
  const hints = new Map<string, number>();
  for (const { name, dims } of model.inputs) {
    if (dims === null || dims.length < 2 || typeof dims[COLUMNS] === 'number') continue;
    const read = dims.length === 2 ? columnsRead : channelsRead;
    const values = new Set([name]);
    const found: number[] = [];
    for (const node of model.nodes) {
      if (!values.has(node.inputs[0] ?? '')) continue;
      const columns = read(node, model, producers);
      if (columns !== null) found.push(columns);
      if (PASSING.has(node.opType)) for (const output of node.outputs) values.add(output);
    }
    if (found.length > 0) hints.set(name, Math.max(...found));
  }
  return hints;
}
