import type { Test } from 'tap';
import type { Ledger } from '../../src/ledger/ledger.js';
import { ledgerCallerLaws } from './ledger-contract-callers.js';
import { ledgerChangeLaws } from './ledger-contract-changes.js';
import { ledgerChoiceLaws } from './ledger-contract-choices.js';
import { ledgerCountingLaws } from './ledger-contract-counting.js';
import { ledgerJoinLaws } from './ledger-contract-join.js';
import { ledgerReadingLaws } from './ledger-contract-reading.js';
import { ledgerProperty } from './ledger-contract-property.js';
import { ledgerScanLaws } from './ledger-contract-scan.js';

/** A ledger on a store of its own, and a way to open that store again after closing it. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  reopen(): Promise<Ledger>;
}

/** Opens an empty ledger; everything it takes is given back in a teardown of the test. */
export type LedgerFactory = (t: Test) => Promise<LedgerUnderTest>;

/** The laws of the `Ledger` port, with their numbers, on one adapter. Survival of SIGKILL (law 1) has a test of its own. */
export async function ledgerContract(t: Test, factory: LedgerFactory): Promise<void> {
  await ledgerJoinLaws(t, factory);
  await ledgerReadingLaws(t, factory);
  await ledgerCountingLaws(t, factory);
  await ledgerCallerLaws(t, factory);
  await ledgerScanLaws(t, factory);
  await ledgerChangeLaws(t, factory);
  await ledgerChoiceLaws(t, factory);
  await ledgerProperty(t, factory);
}
