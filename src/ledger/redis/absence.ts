/** Reasons of one absence that are remembered. */
const MOST_REASONS = 10;

/** Why Redis is away: what the tries to connect have said since the last that succeeded. */
export class Absence {
  /** Briefly, the newest last. */
  readonly #reasons = new Set<string>();

  /** Whether it is a reason that this absence did not have before; after ten none is. */
  add(error: Error): boolean {
    const reason = briefly(error);
    const isKnown = this.#reasons.delete(reason);
    const isNew = !isKnown && this.#reasons.size < MOST_REASONS;
    if (isKnown || isNew) this.#reasons.add(reason);
    return isNew;
  }

  /** Whether there was one. */
  end(): boolean {
    const was = this.#reasons.size > 0;
    this.#reasons.clear();
    return was;
  }

  /** For who asks what is missing; without addresses. */
  get words(): string {
    const last = [...this.#reasons].at(-1);
    return last === undefined ? 'Redis is not connected' : `Redis is not connected (${last})`;
  }
}

/** An error of a connection in one word or a few: `ECONNREFUSED`, `ENOTFOUND`, `WRONGPASS`. */
function briefly(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  return /^[A-Z]+(?= )/.exec(error.message)?.[0] ?? error.message;
}
