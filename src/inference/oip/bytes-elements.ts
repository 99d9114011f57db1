import { isUtf8 } from 'node:buffer';
import { isCarriedText } from '../codec/value-writers.js';
import { invalidTensor } from './refusals.js';

/** What each BYTES element begins with: the number of its bytes, little-endian. */
const LENGTH_BYTES = 4;

/** The texts of `count` BYTES elements. Throws INVALID_INPUT that names the tensor. */
export function decodeElements(bytes: Uint8Array, count: number, name: string, field: string): string[] {
  if (!(count * LENGTH_BYTES <= bytes.length)) throw invalidTensor(name, field, `expected ${count} BYTES elements, got ${bytes.length} bytes of binary data`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts = new Array<string>(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    const start = at + LENGTH_BYTES;
    const end = start <= buffer.length ? start + buffer.readUInt32LE(at) : Infinity;
    if (end > buffer.length) throw invalidTensor(name, field, `BYTES element ${index} of ${count} ends beyond the ${buffer.length} bytes of binary data`);
    texts[index] = decodeText(buffer, start, end, (fault) => invalidTensor(name, field, `BYTES element ${index} ${fault}`));
    at = end;
  }
  if (at < buffer.length) throw invalidTensor(name, field, `${buffer.length - at} bytes of binary data are left after ${count} BYTES elements`);
  return texts;
}

/** The text of the bytes from `start` to `end`. Throws what `refusal` makes of bytes that are no text which the engine carries. */
export function decodeText(bytes: Buffer, start: number, end: number, refusal: (fault: string) => Error): string {
  const text = bytes.toString('utf8', start, end);
  // Bytes that are no UTF-8 decode to U+FFFD, as does U+FFFD itself.
  if (text.includes('\uFFFD') && !isUtf8(bytes.subarray(start, end))) throw refusal('is not UTF-8; the engine carries only text');
  if (!isCarriedText(text)) throw refusal('contains U+0000, which the engine does not carry');
  return text;
}

/** BYTES elements on the wire. */
export function encodeElements(texts: readonly string[]): Uint8Array {
  const total = texts.reduce((sum, text) => sum + LENGTH_BYTES + Buffer.byteLength(text), 0);
  const buffer = Buffer.allocUnsafe(total);
  let at = 0;
  for (const text of texts) {
    const length = buffer.write(text, at + LENGTH_BYTES);
    buffer.writeUInt32LE(length, at);
    at += LENGTH_BYTES + length;
  }
  return buffer;
}
