import { MetaErrError } from '../../core/errors.js';
import { STATUSES, type Ledger, type ScanBatch, type ScanQuery } from '../../ledger/ledger.js';
import type { PseudoLabelQuery } from './contracts.js';
import { RiskHistogram } from './risk-bins.js';

/** Classes that can be balanced: each takes some 160 KiB while a set is planned. */
export const MOST_GROUPS = 256;
/** Whose failure probability no ground truth has calibrated. */
const UNCALIBRATED: readonly number[] = [STATUSES.indexOf('cold_start'), STATUSES.indexOf('label_free')];
/** The group of every row where classes are not balanced. */
const ALL = '';

/** What was counted before a set is planned. */
export interface Census {
  /** By predicted label, or one for all. */
  readonly groups: ReadonlyMap<string, RiskHistogram>;
  readonly coldStartLeftOut: number;
}

export type RowRule = Pick<PseudoLabelQuery, 'balance' | 'coldStart' | 'metaVersion'>;

/** The group of a row that may be in a set or speak for it; null where it may not. */
export function groupOf({ balance, coldStart, metaVersion }: RowRule, batch: ScanBatch, i: number): string | null {
  const label = batch.labels[i] ?? null;
  if (label === null || Number.isNaN(batch.failureProbabilities[i] ?? NaN)) return null;
  if (metaVersion !== null && batch.metaVersions[i] !== metaVersion) return null;
  if (!coldStart && isUncalibrated(batch, i)) return null;
  return balance === 'none' ? ALL : label;
}

function isUncalibrated({ statuses }: ScanBatch, i: number): boolean {
  return UNCALIBRATED.includes(statuses[i] ?? -1);
}

/** What is read of the ledger to plan a set (`labelled` null) and to hand it out (false). */
export function scanOf({ model, version, from, to }: PseudoLabelQuery, labelled: null | false): ScanQuery {
  return { model, version, labelled, from, to, features: false, inputs: labelled === false };
}

/** Counts the rows of a query by group and failure probability, labelled ones apart. */
export async function takeCensus(ledger: Pick<Ledger, 'scan'>, query: PseudoLabelQuery, signal: AbortSignal): Promise<Census> {
  const groups = new Map<string, RiskHistogram>();
  let coldStartLeftOut = 0;
  for await (const batch of ledger.scan(scanOf(query, null))) {
    signal.throwIfAborted();
    for (let i = 0; i < batch.count; i++) {
      const group = groupOf(query, batch, i);
      const failure = batch.failures[i] ?? -1;
      if (group !== null) count(histogramOf(groups, group), batch.failureProbabilities[i] ?? NaN, failure);
      else if (failure === -1 && isUncalibrated(batch, i) && groupOf({ ...query, coldStart: true }, batch, i) !== null) coldStartLeftOut++;
    }
  }
  return { groups, coldStartLeftOut };
}

function count(histogram: RiskHistogram, failureProbability: number, failure: number): void {
  if (failure === -1) histogram.add(failureProbability);
  else histogram.addLabelled(failureProbability, failure === 1);
}

function histogramOf(groups: Map<string, RiskHistogram>, group: string): RiskHistogram {
  const known = groups.get(group);
  if (known !== undefined) return known;
  if (groups.size === MOST_GROUPS) {
    throw new MetaErrError('INVALID_REQUEST', `querystring field balance: at most ${MOST_GROUPS} classes can be balanced, and more were predicted`, { field: 'balance' });
  }
  const made = new RiskHistogram();
  groups.set(group, made);
  return made;
}
