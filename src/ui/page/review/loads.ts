type Kind = 'list' | 'more';

/** The loads of a list and of more of it, of which the newest alone is wanted: a slow one that is older must not take the place of what came after it. */
export class Loads {
  #current: { readonly kind: Kind; readonly controller: AbortController } | null = null;

  /** The signal of a new load, in place of the one under way. Null where it has no use: more of a list that is about to be another one. */
  begin(kind: Kind): AbortSignal | null {
    if (kind === 'more' && this.#current?.kind === 'list') return null;
    this.stop();
    const controller = new AbortController();
    this.#current = { kind, controller };
    return controller.signal;
  }

  /** Whether what this load brought, or its failure, is still wanted. It has ended then. */
  end(signal: AbortSignal): boolean {
    if (signal.aborted || this.#current?.controller.signal !== signal) return false;
    this.#current = null;
    return true;
  }

  /** Ends the load under way. */
  stop(): void {
    this.#current?.controller.abort();
    this.#current = null;
  }
}
