/** Buckets of one hashed string input, where the budget allows as many. */
export const HASH_BUCKETS = 32;

const encoder = new TextEncoder();

/** FNV-1a of 32 bits (Fowler, Noll and Vo) of the UTF-8 bytes. */
export function fnv1a(text: string): number {
  const bytes = encoder.encode(text);
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

/**
 * The hashing trick (Weinberger et al., ICML 2009): `values` holds the same number of texts for each of `rows` rows, row
 * by row; each text adds +1 or -1 to one of `buckets` numbers of its row. Returns float32 rows x buckets. ONNX has no
 * operator for it, so it is done where the request is read.
 */
export function hashStrings(values: readonly string[], rows: number, buckets: number = HASH_BUCKETS): Float32Array {
  const hashed = new Float32Array(rows * buckets);
  const perRow = values.length / rows;
  for (let i = 0; i < values.length; i++) {
    const hash = fnv1a(values[i] ?? '');
    // The highest bit is the sign, the others choose the bucket.
    const slot = Math.floor(i / perRow) * buckets + ((hash & 0x7fffffff) % buckets);
    hashed[slot] = (hashed[slot] ?? 0) + (hash >>> 31 === 0 ? 1 : -1);
  }
  return hashed;
}
