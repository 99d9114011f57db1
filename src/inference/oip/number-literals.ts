import { randomBytes } from 'node:crypto';
import { describeValue } from '../codec/input-error.js';
import type { ValueNotation } from '../codec/value-writers.js';

/**
 * JSON has no NaN and no infinity, and JSON.parse rounds integers beyond 2^53. Such literals go through JSON.parse as strings
 * that begin with a mark which no caller can know, so that no string of a request is ever taken for one.
 */
const MARK = `${randomBytes(9).toString('base64url')}:`;

/** A literal outside of strings that is a value: no part of a longer token, and no key of an object. */
const LITERALS = /(?<![\w.+-])(?:NaN|-?Infinity|-?[1-9][0-9]{15,})(?![\w.]|\s*:)/g;

/** Replaces the literals in JSON text that holds no strings. */
export function markLiterals(text: string): string {
  return text.replace(LITERALS, (literal) => `"${MARK}${literal}"`);
}

/** The literal that a parsed value stands for; null when it stands for itself. */
function literalOf(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : null;
}

/** A parsed value outside of tensor data as JSON.parse would give it if it knew all literals. */
export function plainValue(value: unknown): unknown {
  const literal = literalOf(value);
  return literal === null ? value : Number(literal);
}

/** The text of a string or of a number, digit for digit; null for anything else. */
export function textOrNumber(value: unknown): string | null {
  if (typeof value === 'string') return literalOf(value) ?? value;
  return typeof value === 'number' ? String(value) : null;
}

/**
 * Values of tensors in the protocol's JSON: numbers in full, NaN and infinities by name, and null for NaN, which is what JSON
 * writers make of it (orjson, and the replies of this protocol). 0 and 1 are booleans. Strings are never numbers.
 */
export const OIP_NOTATION: ValueNotation = {
  integerDigits: literalOf,
  floatOf(value) {
    if (value === null) return NaN;
    const literal = literalOf(value);
    if (literal === null) return null;
    const number = Number(literal);
    // Digits beyond the range of a double are a fault, not an infinity.
    return Number.isFinite(number) || !/[0-9]/.test(literal) ? number : null;
  },
  isText: (text) => literalOf(text) === null,
  numericBooleans: true,
};

/** What a value of tensor data is, in words short enough for a message. */
export function describeData(value: unknown): string {
  const literal = literalOf(value);
  // A number that JSON.parse could not keep finite.
  if (value === Infinity || value === -Infinity) return String(value);
  if (literal === null) return describeValue(value);
  return literal.length > 40 ? `${literal.slice(0, 40)}...` : literal;
}
