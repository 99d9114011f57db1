import type { Ledger } from '../../src/ledger/ledger.js';

/** The scans of a ledger, and how many there were and rows they handed out. */
export function countingScan(ledger: Pick<Ledger, 'scan'>): { readonly counting: Pick<Ledger, 'scan'>; readonly seen: { rows: number; scans: number } } {
  const seen = { rows: 0, scans: 0 };
  return {
    seen,
    counting: {
      async *scan(query) {
        seen.scans += 1;
        for await (const batch of ledger.scan(query)) {
          seen.rows += batch.count;
          yield batch;
        }
      },
    },
  };
}
