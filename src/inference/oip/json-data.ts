import type { Tensor } from '../../engine/tensor.js';

/**
 * The values of a tensor as a flat JSON array: 64-bit integers with every digit, NaN and infinities as null. FP16 is never asked for as
 * JSON.
 */
export function jsonData({ type, data }: Tensor): string {
  switch (type) {
    case 'string':
      return JSON.stringify(data);
    case 'bool':
      return JSON.stringify(Array.from(data, (byte) => byte !== 0));
    case 'int64':
    case 'uint64':
      return `[${data.join()}]`;
    default:
      // Faster than join, and writes null for what is not finite.
      return JSON.stringify(Array.from(data));
  }
}
