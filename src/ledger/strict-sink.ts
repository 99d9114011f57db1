import type { LedgerWriter } from './writer.js';

/** For a ledger that is meant to hold every prediction: false for what was dropped, or is added while writes fail. */
export function createStrictSink(writer: Pick<LedgerWriter, 'add' | 'degraded'>): Pick<LedgerWriter, 'add'> {
  return {
    add(batch) {
      const { degraded } = writer;
      return writer.add(batch) && !degraded;
    },
  };
}
