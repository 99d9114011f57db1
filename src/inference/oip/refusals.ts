import { MetaErrError } from '../../core/errors.js';

/** Longest name that a message repeats. */
const MOST_NAME_LENGTH = 80;
/** Most names that a message lists. */
const MOST_NAMES = 20;

/** A name from a request, in quotes and short enough for a message. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > MOST_NAME_LENGTH ? `${name.slice(0, MOST_NAME_LENGTH)}...` : name);
}

/** Names of tensors, for messages; of many the first. */
export function quotedNames(named: readonly { readonly name: string }[]): string {
  const shown = named.slice(0, MOST_NAMES).map(({ name }) => quoted(name));
  return named.length > MOST_NAMES ? `${shown.join(', ')} and ${named.length - MOST_NAMES} more` : shown.join(', ');
}

/** INVALID_REQUEST that names the field; for what belongs to no input tensor. */
export function invalidRequest(field: string, message: string): MetaErrError {
  return new MetaErrError('INVALID_REQUEST', `${field}: ${message}`, { field });
}

/** INVALID_INPUT that names the input tensor; `field` is where it stands in the request. */
export function invalidTensor(name: string, field: string, message: string): MetaErrError {
  return new MetaErrError('INVALID_INPUT', `input ${quoted(name)}: ${message}`, { field });
}
