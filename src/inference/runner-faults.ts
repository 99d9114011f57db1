import type { Logger } from '../core/logger.js';
import type { ModelKey } from '../ledger/ledger.js';

/** Optional steps of the runs that fail: each is logged once until it works again. */
export class StepFaults {
  readonly #logger: Logger;
  readonly #labels: { readonly model: string; readonly version: number };
  readonly #failing = new Set<string>();

  constructor({ model, version }: ModelKey, logger: Logger) {
    this.#labels = { model, version };
    this.#logger = logger;
  }

  /** How the session's last step ended; `cause` is a session without whose outputs it cannot run, and whose own fault is logged already. */
  ended(session: string, error: string | null, cause: string | null = null): void {
    if (error === null) this.#failing.delete(session);
    else if (!this.#failing.has(session) && (cause === null || !this.#failing.has(cause))) {
      this.#failing.add(session);
      this.#logger.error({ ...this.#labels, session, err: error }, 'a step after the base model failed; predictions are degraded');
    }
  }
}
