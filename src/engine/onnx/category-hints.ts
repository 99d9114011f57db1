import { constantOf, producersOf, type Producers } from './graph-walk.js';
import type { OnnxModel, OnnxNode } from './model-reader.js';

/** One column of a graph input, and values that the graph knows in it. */
export interface CategoryHint {
  readonly input: string;
  readonly column: number;
  readonly categories: readonly (string | bigint)[];
}

interface Column {
  readonly value: string;
  readonly column: number;
}

/** Operators that hand on the columns of a table as they are. */
const PASSING = new Set(['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'StringNormalizer']);
/** Categories that are remembered of each column. */
const MOST_CATEGORIES = 8;

function categoriesOf({ domain, opType, attributes }: OnnxNode): readonly (string | bigint)[] | null {
  if (domain !== 'ai.onnx.ml') return null;
  if (opType === 'OneHotEncoder') return attributes.strings('cats_strings') ?? attributes.ints('cats_int64s');
  if (opType === 'CategoryMapper') return attributes.strings('cats_strings');
  return opType === 'LabelEncoder' ? (attributes.strings('keys_strings') ?? attributes.ints('keys_int64s')) : null;
}

/** Which column of its first input a node picks for a column of its output; null where it picks none. */
function pickedColumn(node: OnnxNode, column: number, model: OnnxModel, producers: Producers): number | null {
  const numbers = (input: number): readonly number[] | null => {
    const tensor = constantOf(node.inputs[input], model, producers);
    return tensor === null || tensor.type === 'string' ? null : Array.from<number | bigint, number>(tensor.data, Number);
  };
  if (node.opType === 'ArrayFeatureExtractor' || (node.opType === 'Gather' && node.attributes.int('axis') === 1n)) return numbers(1)?.[column] ?? null;
  if (node.opType !== 'Slice' || numbers(3)?.[0] !== 1) return null;
  const start = numbers(1)?.[0];
  return start === undefined || start < 0 ? null : start + column;
}

/** The piece of a joined table in which a column lies. */
function joinedColumn(node: OnnxNode, column: number, widthOf: (value: string) => number): Column | null {
  let first = 0;
  for (const value of node.inputs) {
    const width = widthOf(value);
    if (column < first + width) return { value, column: column - first };
    first += width;
  }
  return null;
}

/** Follows a column back to the input that it comes from. */
function originOf(start: Column, model: OnnxModel, producers: Producers): Column | null {
  const inputs = new Map(model.inputs.map(({ name, dims }) => [name, dims]));
  const widthOf = (value: string): number => {
    const width = inputs.get(value)?.[1];
    return typeof width === 'number' ? width : 1;
  };
  let at: Column | null = start;
  for (let steps = 0; at !== null && steps <= model.nodes.length; steps++) {
    if (inputs.has(at.value)) return at;
    const node = producers.get(at.value);
    if (node === undefined) return null;
    const [first = ''] = node.inputs;
    if (PASSING.has(node.opType)) at = { value: first, column: at.column };
    else if (node.opType === 'Concat') at = joinedColumn(node, at.column, widthOf);
    else {
      const column = pickedColumn(node, at.column, model, producers);
      at = column === null ? null : { value: first, column };
    }
  }
  return null;
}

/**
 * Categories that encoders in the graph know, by the column of the graph's inputs that they encode. Many encoders fail on any other value,
 * scikit-learn's OneHotEncoder by default.
 */
export function categoryHints(model: OnnxModel): readonly CategoryHint[] {
  const producers = producersOf(model.nodes);
  return model.nodes.flatMap((node) => {
    const categories = categoriesOf(node);
    const origin = categories === null ? null : originOf({ value: node.inputs[0] ?? '', column: 0 }, model, producers);
    if (categories === null || origin === null || categories.length === 0) return [];
    return [{ input: origin.value, column: origin.column, categories: categories.slice(0, MOST_CATEGORIES) }];
  });
}
