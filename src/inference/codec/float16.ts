/**
 * IEEE 754 binary16 to and from numbers; onnxruntime takes float16 values as their bit patterns.
 * Source: IEEE 754-2019, section 3.4.
 */

const BITS = new DataView(new ArrayBuffer(8));

/** Largest finite float16. Numbers from 65,520 upward round to infinity. */
export const FLOAT16_OVERFLOW = 65_520;

/** The bit pattern of the nearest float16, ties to even; rounds once, straight from the double. */
export function encodeFloat16(value: number): number {
  BITS.setFloat64(0, value);
  const high = BITS.getUint32(0);
  const sign = (high >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= FLOAT16_OVERFLOW) return sign | 0x7c00;
  const exponent = Math.max(((high >>> 20) & 0x7ff) - 1023, -14);
  // In units of the last place at this exponent; the division by a power of two is exact.
  const units = roundHalfEven(magnitude / 2 ** (exponent - 10));
  // Adding instead of joining the fields: a carry out of the fraction, or a missing leading bit (subnormal), falls into place.
  return sign + ((exponent + 14) << 10) + units;
}

/** The number that a bit pattern stands for; exact. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}
