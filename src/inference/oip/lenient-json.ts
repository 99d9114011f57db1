import { MetaErrError, messageOf } from '../../core/errors.js';
import { checkJsonSize } from '../codec/json-size.js';
import { markLiterals } from './number-literals.js';

/** What JSON.parse rounds: an integer of 16 digits or more, where it may be the caller's id. */
const WIDE_ID = /"id"\s*:\s*-?[1-9][0-9]{15}/;
/** The same anywhere; a number with so many digits after its point is no match. */
const WIDE_INTEGER = /(?<![0-9.eE+-])-?[1-9][0-9]{15,}(?![0-9.eE])/;
const NAMED_NUMBER = /NaN|Infinity/;

/**
 * Parses JSON as clients of the protocol write it: NaN, Infinity and -Infinity are values, and with `exactIntegers` integers beyond
 * 2^53 keep every digit. Such values come as strings that only `number-literals` reads. A byte order mark is skipped. Throws
 * INVALID_JSON, also for text that is not UTF-8.
 */
export function parseLenientJson(bytes: Uint8Array, exactIntegers: boolean): unknown {
  checkJsonSize(bytes);
  const text = decodeUtf8(bytes);
  if ((exactIntegers ? WIDE_INTEGER : WIDE_ID).test(text)) return parse(markOutsideStrings(text)) ?? parseOrThrow(text);
  if (NAMED_NUMBER.test(text)) return parse(text) ?? parse(markOutsideStrings(text)) ?? parseOrThrow(text);
  return parseOrThrow(text);
}

/** Undefined when the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Words the error after the text as it came, not after one with marks in it. */
function parseOrThrow(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new MetaErrError('INVALID_JSON', `the JSON of the request cannot be parsed: ${messageOf(error)}`, { cause: error });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new MetaErrError('INVALID_JSON', 'the JSON of the request is not UTF-8', { cause: error });
  }
}

/** The text with its literals marked; strings stay as they are. */
function markOutsideStrings(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const start = quote === -1 ? text.length : quote;
    const end = quote === -1 ? text.length : endOfString(text, quote);
    parts.push(markLiterals(text.slice(at, start)), text.slice(start, end));
    at = end;
  }
  return parts.join('');
}

/** Index after the quote that closes the string which begins at `quote`; the length of the text when none does. */
function endOfString(text: string, quote: number): number {
  for (let close = text.indexOf('"', quote + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let backslashes = 0;
    while (text[close - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return close + 1;
  }
  return text.length;
}
