/** What a script answered, as what it must be: anything else is a defect of the script. */
export function listOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new TypeError('a script of the ledger answered something else than a list');
  return reply;
}

export function bytesOf(reply: unknown): Buffer {
  if (!Buffer.isBuffer(reply)) throw new TypeError('a script of the ledger answered something else than bytes');
  return reply;
}

export function integerOf(reply: unknown): number {
  if (typeof reply !== 'number') throw new TypeError('a script of the ledger answered something else than an integer');
  return reply;
}

/** The elements as bytes; null where there is none. */
export function bytesOrNull(reply: unknown): readonly (Buffer | null)[] {
  return listOf(reply).map((element) => (element === null ? null : bytesOf(element)));
}
