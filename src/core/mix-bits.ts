/** The finalizer of MurmurHash3 (Appleby): a bijection of 32-bit integers in which every input bit reaches every output bit. Returns a signed integer. */
export function mix32(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
