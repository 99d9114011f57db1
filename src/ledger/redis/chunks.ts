/** What one run of a script takes at most, so that it holds Redis for a few milliseconds only. */
export interface ChunkLimits {
  /** Units of work: look-ups and writes of about a microsecond each. */
  readonly work: number;
  readonly bytes: number;
}

/** Cuts a list, in order, into chunks within the limits; what alone is beyond them is a chunk of its own. */
export function chunksOf<T>(items: readonly T[], limits: ChunkLimits, sizeOf: (item: T) => ChunkLimits): T[][] {
  const chunks: T[][] = [];
  let chunk: T[] = [];
  let [work, bytes] = [0, 0];
  for (const item of items) {
    const size = sizeOf(item);
    if (chunk.length > 0 && (work + size.work > limits.work || bytes + size.bytes > limits.bytes)) {
      chunks.push(chunk);
      chunk = [];
      [work, bytes] = [0, 0];
    }
    chunk.push(item);
    work += size.work;
    bytes += size.bytes;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
