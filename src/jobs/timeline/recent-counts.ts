import type { Clock } from '../../core/clock.js';
import type { Ledger, LedgerCounts, RowRange } from '../../ledger/ledger.js';

/** A count may be so old, as a share of the age of what it counts: an old hour hardly changes. */
const AGE_SHARE = 0.1;
const OLDEST_MILLISECONDS = 300_000;
const MOST_KEPT = 10_000;

export type BoundedRange = RowRange & { readonly from: number; readonly to: number };

interface Kept {
  readonly at: number;
  readonly counts: Promise<LedgerCounts>;
}

/**
 * Counts of the ledger, kept for a tenth of the age of what they count and at most five minutes: whoever looks at the last day all day
 * long has only its newest minutes counted again. Calls for the same count share it.
 */
export class RecentCounts {
  readonly #ledger: Pick<Ledger, 'counts'>;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(ledger: Pick<Ledger, 'counts'>, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  counts(query: BoundedRange): Promise<LedgerCounts> {
    const name = JSON.stringify([query.model, query.version, query.from, query.to]);
    const now = this.#clock.now();
    const known = this.#kept.get(name);
    if (known !== undefined && now - known.at < Math.min(OLDEST_MILLISECONDS, (known.at - query.to) * AGE_SHARE)) return known.counts;
    return this.#keep(name, { at: now, counts: this.#ledger.counts(query) });
  }

  #keep(name: string, kept: Kept): Promise<LedgerCounts> {
    // The newest are the last of the map.
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '');
    // What could not be read is asked for again.
    kept.counts.catch(() => this.#kept.get(name) === kept && this.#kept.delete(name));
    return kept.counts;
  }
}
