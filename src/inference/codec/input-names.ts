import type { Signature } from '../../engine/tensor.js';
import { describeValue, invalidInput } from './input-error.js';

/** Throws INVALID_INPUT unless the object has exactly the model's inputs as its keys. */
export function checkInputNames(value: object, signature: Signature, path: string): void {
  let found = 0;
  for (const input of signature.inputs) {
    if (!Object.hasOwn(value, input.name)) throw invalidInput(`${path}.${input.name}`, `expected the input ${JSON.stringify(input.name)} (${input.type}), got nothing`);
    found++;
  }
  const names = Object.keys(value);
  if (names.length === found) return;
  const unknown = names.find((name) => !signature.inputs.some((input) => input.name === name)) ?? '';
  throw invalidInput(`${path}.${unknown}`, `unknown input; expected ${inputList(signature)}`);
}

/** The only input of a model that has one; throws INVALID_INPUT when it has several. */
export function onlyInput(signature: Signature, path: string, got: unknown): string {
  const [first, second] = signature.inputs;
  if (first !== undefined && second === undefined) return first.name;
  throw invalidInput(path, `expected an object with the inputs ${inputList(signature)}, got ${describeValue(got)}`);
}

function inputList(signature: Signature): string {
  return signature.inputs.map((input) => JSON.stringify(input.name)).join(', ');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
