import type { Signature } from '../../engine/tensor.js';
import type { BodyRows, NestedRows } from './body-rows.js';
import { describeValue, invalidInput } from './input-error.js';
import { checkInputNames, isObject, onlyInput } from './input-names.js';

/** Reads `inputs`: tensor by tensor, with the rows as dimension 0. All have the same number of rows. */
export function columnRows(inputs: unknown, signature: Signature): BodyRows {
  if (!isObject(inputs)) return bareColumn(inputs, signature);
  checkInputNames(inputs, signature, 'inputs');
  const columns = new Map<string, readonly unknown[]>();
  for (const { name } of signature.inputs) columns.set(name, column(inputs[name], `inputs.${name}`));
  const [[firstName, first] = ['', []]] = columns;
  const rows = new Map<string, NestedRows>();
  for (const [name, values] of columns) {
    if (values.length !== first.length) {
      throw invalidInput(`inputs.${name}`, `expected ${first.length} rows as in inputs.${firstName}, got ${values.length}`);
    }
    rows.set(name, nestedRows(values, `inputs.${name}`));
  }
  const inputText = (row: number) => JSON.stringify(Object.fromEntries([...columns].map(([name, values]) => [name, values[row]])));
  return { rows: first.length, inputs: rows, inputText };
}

function bareColumn(inputs: unknown, signature: Signature): BodyRows {
  const name = onlyInput(signature, 'inputs', inputs);
  const values = column(inputs, 'inputs');
  return { rows: values.length, inputs: new Map([[name, nestedRows(values, 'inputs')]]), inputText: (row) => JSON.stringify(values[row]) };
}

function column(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidInput(path, `expected a nested array with the rows as its first dimension, got ${describeValue(value)}`);
  if (value.length === 0) throw invalidInput(path, 'expected at least one row, got none');
  return value;
}

function nestedRows(values: readonly unknown[], path: string): NestedRows {
  return { count: values.length, column: values, row: (index) => values[index], path: (index) => `${path}[${index}]` };
}
