import type { Tensor, TensorType } from '../../engine/tensor.js';
import { encodeFloat16, FLOAT16_OVERFLOW } from './float16.js';

/**
 * Writes JSON values into a tensor from `offset` on. Returns the index of the first value that the type cannot hold
 * exactly (floats: within its range), or -1. Nothing is coerced.
 */
export type ValueWriter = (values: readonly unknown[], offset: number) => number;

/** What each type expects of a JSON value, for messages. */
export const EXPECTED: Readonly<Record<TensorType, string>> = {
  float32: 'a number in the range of float32',
  float64: 'a finite number',
  float16: 'a number in the range of float16 (up to 65504)',
  int8: 'an integer from -128 to 127',
  uint8: 'an integer from 0 to 255',
  int16: 'an integer from -32768 to 32767',
  uint16: 'an integer from 0 to 65535',
  int32: 'an integer from -2147483648 to 2147483647',
  uint32: 'an integer from 0 to 4294967295',
  int64: 'an integer (beyond 2^53 - 1 as a decimal string)',
  uint64: 'an integer from 0 (beyond 2^53 - 1 as a decimal string)',
  bool: 'true or false',
  string: 'a string of Unicode characters other than U+0000',
};

/** What stands in a parsed document for values that are no JSON numbers or booleans there. */
export interface ValueNotation {
  /** The decimal digits that a text stands for; null when it stands for no integer. */
  integerDigits(text: string): string | null;
  /** The number that a text or null stands for among floats; null when it stands for none. */
  floatOf(value: string | null): number | null;
  /** Whether a text stands for itself. */
  isText(text: string): boolean;
  /** Whether 0 and 1 stand for false and true. */
  readonly numericBooleans: boolean;
}

/** Plain JSON: 64-bit integers beyond 2^53 - 1 are decimal strings, and everything else is itself. */
export const PLAIN_NOTATION: ValueNotation = { integerDigits: (text) => text, floatOf: () => null, isText: () => true, numericBooleans: false };

/** The writer of one tensor. */
export function valueWriter(tensor: Tensor, notation: ValueNotation = PLAIN_NOTATION): ValueWriter {
  switch (tensor.type) {
    case 'float32':
      return floats(tensor.data, FLOAT32_OVERFLOW, notation);
    case 'float64':
      return floats(tensor.data, Infinity, notation);
    case 'float16':
      return float16s(tensor.data);
    case 'int8':
      return integers(tensor.data, -128, 127);
    case 'uint8':
      return integers(tensor.data, 0, 255);
    case 'int16':
      return integers(tensor.data, -32_768, 32_767);
    case 'uint16':
      return integers(tensor.data, 0, 65_535);
    case 'int32':
      return integers(tensor.data, -2_147_483_648, 2_147_483_647);
    case 'uint32':
      return integers(tensor.data, 0, 4_294_967_295);
    case 'int64':
      return wideIntegers(tensor.data, -(2n ** 63n), 2n ** 63n - 1n, notation);
    case 'uint64':
      return wideIntegers(tensor.data, 0n, 2n ** 64n - 1n, notation);
    case 'bool':
      return booleans(tensor.data, notation);
    case 'string':
      return strings(tensor.data, notation);
  }
}

/** From here on a double rounds to an infinite float32. */
const FLOAT32_OVERFLOW = 2 ** 128 - 2 ** 103;

function floats(data: Float32Array | Float64Array, overflow: number, notation: ValueNotation): ValueWriter {
  return (values, offset) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'number') {
        if (!(Math.abs(value) < overflow)) return i;
        data[offset + i] = value;
      } else {
        const meant = typeof value === 'string' || value === null ? notation.floatOf(value) : null;
        // Written out, an infinity is meant; a finite number that overflows is not.
        if (meant === null || (Number.isFinite(meant) && Math.abs(meant) >= overflow)) return i;
        data[offset + i] = meant;
      }
    }
    return -1;
  };
}

function float16s(data: Uint16Array): ValueWriter {
  return (values, offset) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value !== 'number' || !(Math.abs(value) < FLOAT16_OVERFLOW)) return i;
      data[offset + i] = encodeFloat16(value);
    }
    return -1;
  };
}

type NarrowIntegers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

function integers(data: NarrowIntegers, min: number, max: number): ValueWriter {
  return (values, offset) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) return i;
      data[offset + i] = value;
    }
    return -1;
  };
}

const DECIMAL = /^-?[0-9]{1,20}$/;
const TWO_32 = 2 ** 32;

function wideIntegers(data: BigInt64Array | BigUint64Array, min: bigint, max: bigint, notation: ValueNotation): ValueWriter {
  // A BigInt for every value would allocate; safe integers are written as two words (onnxruntime runs on little-endian machines only).
  const words = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
  const signed = min < 0n;
  return (values, offset) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const at = offset + i;
      if (typeof value === 'number') {
        if (!Number.isSafeInteger(value) || (value < 0 && !signed)) return i;
        words[2 * at] = value;
        words[2 * at + 1] = Math.floor(value / TWO_32);
      } else {
        const digits = typeof value === 'string' ? notation.integerDigits(value) : null;
        if (digits === null || !DECIMAL.test(digits)) return i;
        const exact = BigInt(digits);
        if (exact < min || exact > max) return i;
        data[at] = exact;
      }
    }
    return -1;
  };
}

function booleans(data: Uint8Array, { numericBooleans }: ValueNotation): ValueWriter {
  return (values, offset) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value !== 'boolean' && !(numericBooleans && (value === 0 || value === 1))) return i;
      data[offset + i] = value ? 1 : 0;
    }
    return -1;
  };
}

/** Part of Node, and of the library types from ES2024 on. */
type UnicodeText = string & { isWellFormed(): boolean };

/** Whether the engine carries a text as it is: onnxruntime-node ends a text at U+0000, and has no UTF-8 for a lone surrogate. */
export function isCarriedText(text: string): boolean {
  return !text.includes('\0') && (text as UnicodeText).isWellFormed();
}

function strings(data: string[], { isText }: ValueNotation): ValueWriter {
  return (values, offset) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value !== 'string' || !isCarriedText(value) || !isText(value)) return i;
      data[offset + i] = value;
    }
    return -1;
  };
}
