const LENGTH_BYTES = 2;

/**
 * Members of an index as LABELLED_SELECT gives them: each behind its length, so that a million of them take little more than their bytes and
 * can be handed back to a script as they are.
 */
export interface PackedMembers {
  readonly packed: Buffer;
  readonly count: number;
}

/** The last so many of them, as a copy that keeps nothing else in memory. */
export function newestOf({ packed, count }: PackedMembers, wanted: number): PackedMembers {
  const from = count <= wanted ? 0 : skip(packed, 0, count - wanted);
  return { packed: Buffer.from(packed.subarray(from)), count: Math.min(count, wanted) };
}

/** Cuts them into pieces of at most `size`, in order. */
export function* piecesOf({ packed }: PackedMembers, size: number): Generator<Buffer> {
  for (let from = 0; from < packed.byteLength; ) {
    const end = skip(packed, from, size);
    yield packed.subarray(from, end);
    from = end;
  }
}

/** Where the member begins that comes `members` after the one at `at`. */
function skip(packed: Buffer, at: number, members: number): number {
  let end = at;
  for (let i = 0; i < members && end < packed.byteLength; i += 1) end += LENGTH_BYTES + packed.readUInt16LE(end);
  return end;
}
