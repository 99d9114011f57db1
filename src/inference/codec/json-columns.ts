import type { Signature } from '../../engine/tensor.js';
import { isRowWise } from '../row-shape.js';
import type { RowMode } from '../row-shape.js';
import type { BodyRows, NestedRows } from './body-rows.js';
import { describeValue, invalidInput } from './input-error.js';
import { checkInputNames, isObject, onlyInput } from './input-names.js';
import { checkRowCount } from './row-count.js';

/**
 * Reads `inputs`: tensor by tensor, with the rows as dimension 0, which is as long in all of them; an input that has no rows (mode
 * `request`) is its tensor.
 */
export function columnRows(inputs: unknown, signature: Signature, mode: RowMode): BodyRows {
  if (!isObject(inputs)) return bareColumn(inputs, signature);
  checkInputNames(inputs, signature, 'inputs');
  const rows = new Map<string, NestedRows>();
  let first: { readonly path: string; readonly count: number } | null = null;
  for (const info of signature.inputs) {
    const path = `inputs.${info.name}`;
    const rowWise = isRowWise(info, mode);
    const values = rowWise ? nestedRows(column(inputs[info.name], path), path) : wholeTensor(inputs[info.name], path);
    rows.set(info.name, values);
    if (!rowWise) continue;
    first ??= { path, count: values.count };
    if (values.count !== first.count) throw invalidInput(path, `expected ${first.count} rows as in ${first.path}, got ${values.count}`);
  }
  const inputText = (row: number) => JSON.stringify(Object.fromEntries([...rows].map(([name, values]) => [name, values.row(row)])));
  return { rows: first?.count ?? 1, inputs: rows, inputText };
}

/** A tensor that is the same for every row. */
function wholeTensor(value: unknown, path: string): NestedRows {
  return { count: 1, column: null, row: () => value, path: () => path };
}

function bareColumn(inputs: unknown, signature: Signature): BodyRows {
  const name = onlyInput(signature, 'inputs', inputs);
  const values = column(inputs, 'inputs');
  return { rows: values.length, inputs: new Map([[name, nestedRows(values, 'inputs')]]), inputText: (row) => JSON.stringify(values[row]) };
}

function column(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidInput(path, `expected a nested array with the rows as its first dimension, got ${describeValue(value)}`);
  checkRowCount(value.length, path);
  return value;
}

function nestedRows(values: readonly unknown[], path: string): NestedRows {
  return { count: values.length, column: values, row: (index) => values[index], path: (index) => `${path}[${index}]` };
}
