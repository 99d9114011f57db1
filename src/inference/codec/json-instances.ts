import type { Signature } from '../../engine/tensor.js';
import type { BodyRows, NestedRows } from './body-rows.js';
import { describeValue, invalidInput } from './input-error.js';
import { checkInputNames, isObject, onlyInput } from './input-names.js';
import { checkRowCount } from './row-count.js';

/** Reads `instances`: row by row. All rows are objects of named inputs, or none is. */
export function instanceRows(instances: unknown, signature: Signature): BodyRows {
  if (!Array.isArray(instances)) throw invalidInput('instances', `expected an array of rows, got ${describeValue(instances)}`);
  const list: readonly unknown[] = instances;
  checkRowCount(list.length, 'instances');
  const inputs = isObject(list[0]) ? namedRows(list, signature) : bareRows(list, signature);
  return { rows: list.length, inputs, inputText: (row) => JSON.stringify(list[row]) };
}

function bareRows(list: readonly unknown[], signature: Signature): Map<string, NestedRows> {
  const name = onlyInput(signature, 'instances[0]', list[0]);
  const rows = { count: list.length, column: list, row: (index: number) => list[index], path: (index: number) => `instances[${index}]` };
  return new Map([[name, rows]]);
}

function namedRows(list: readonly unknown[], signature: Signature): Map<string, NestedRows> {
  const objects = list.map((value, index) => {
    if (!isObject(value)) throw invalidInput(`instances[${index}]`, `expected an object of named inputs as in instances[0], got ${describeValue(value)}`);
    checkInputNames(value, signature, `instances[${index}]`);
    return value;
  });
  return new Map(
    signature.inputs.map(({ name }) => [
      name,
      { count: list.length, column: null, row: (index: number) => objects[index]?.[name], path: (index: number) => `instances[${index}].${name}` },
    ]),
  );
}
