import { MetaErrError } from '../../core/errors.js';
import type { Tensor } from '../../engine/tensor.js';

/** Most values of one output as JSON: some 160 MB of text. */
const MOST_VALUES = 1 << 23;

/**
 * The values of a tensor as a flat JSON array: 64-bit integers with every digit, NaN and infinities as null. FP16 is never asked for as
 * JSON. Throws INVALID_REQUEST for more values than JSON replies carry.
 */
export function jsonData(name: string, tensor: Tensor): string {
  const { type, data } = tensor;
  if (data.length > MOST_VALUES) {
    throw new MetaErrError('INVALID_REQUEST', `output ${JSON.stringify(name)} has ${data.length} values, more than the ${MOST_VALUES} of a JSON reply; ask for binary data ("binary_data": true)`, { field: 'outputs' });
  }
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
