import { MetaErrError } from '../../core/errors.js';

/** Deepest nesting of a request: three levels around the data, and one for each dimension. */
const MOST_DEPTH = 64;
/** Arrays and objects of a request. Each costs some 50 bytes of memory, however short its text. */
const MOST_CONTAINERS = 1 << 22;
/** So many arrays and objects are harmless, however they nest: most requests are let through without a look at every byte. */
const HARMLESS_CONTAINERS = 1 << 14;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

/**
 * Refuses JSON text that would take far more memory or time to parse than its length says. Throws INVALID_JSON. Whether the text is
 * JSON at all is left to the parser.
 */
export function checkJsonSize(text: Uint8Array): void {
  const rest = HARMLESS_CONTAINERS - countUpTo(text, OPEN_ARRAY, HARMLESS_CONTAINERS);
  if (countUpTo(text, OPEN_OBJECT, rest) < rest) return;
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > MOST_DEPTH) throw refusal(`is nested deeper than ${MOST_DEPTH} levels`);
      if (++containers > MOST_CONTAINERS) throw refusal(`has more than ${MOST_CONTAINERS} arrays and objects; send flat or binary data`);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    else if (byte === QUOTE) at = endOfString(text, at);
  }
}

function countUpTo(text: Uint8Array, byte: number, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(byte); at !== -1 && count < limit; at = text.indexOf(byte, at + 1)) count++;
  return count;
}

/** Index of the quote that closes the string which begins at `start`; the length of the text when none does. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at;
}

function refusal(fault: string): MetaErrError {
  return new MetaErrError('INVALID_JSON', `the JSON of the request ${fault}`);
}
