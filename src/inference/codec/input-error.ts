import { MetaErrError } from '../../core/errors.js';

/** INVALID_INPUT that names the field and what was expected there. */
export function invalidInput(field: string, message: string): MetaErrError {
  return new MetaErrError('INVALID_INPUT', `${field}: ${message}`, { field });
}

/** What a JSON value is, in words short enough for a message. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  // What is left of JSON: a text, a number or a boolean.
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

export function describeShape(dims: readonly (number | null)[]): string {
  return `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
}
