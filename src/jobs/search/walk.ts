import type { Ledger, ScanBatch, ScanQuery } from '../../ledger/ledger.js';

/** Length of the newest window; each one before is twice as long as the one after it. */
const FIRST_WINDOW_MILLISECONDS = 60_000;

export interface Walked {
  /** Everything from this time on was read. */
  readonly from: number;
  readonly batches: AsyncIterable<ScanBatch>;
}

/**
 * The rows of a model from `to` backwards, window by window, down to `from`: a ledger is read in order of time, and what is asked for is
 * mostly new. Inside a window rows come oldest first.
 */
export async function* windowsBack(ledger: Pick<Ledger, 'scan'>, query: ScanQuery & { readonly from: number; readonly to: number }): AsyncGenerator<Walked> {
  let length = FIRST_WINDOW_MILLISECONDS;
  for (let end = query.to; end > query.from; length *= 2) {
    const from = Math.max(query.from, end - length);
    yield { from, batches: ledger.scan({ ...query, from, to: end }) };
    end = from;
  }
}
