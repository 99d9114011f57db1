import { riskBound } from '../../meta/policy/binomial.js';
import type { Census } from './census.js';
import type { ObservedNoise, PseudoLabelSet } from './contracts.js';
import type { Quotas } from './plan.js';
import type { Prefixes } from './prefix.js';
import { topOf } from './risk-bins.js';

/** Each side of a 95 % interval. */
const TAIL = 0.025;

/** What a set holds, before it is read. */
export function describeSet({ groups, coldStartLeftOut }: Census, prefixes: ReadonlyMap<string, Prefixes>, quotas: Quotas): PseudoLabelSet {
  let [candidates, rows, sum, mostRisk] = [0, 0, 0, 0];
  for (const [group, own] of prefixes) {
    candidates += own.rows;
    const quota = quotas.get(group);
    if (quota === undefined) continue;
    rows += quota.count;
    sum += own.sum(quota.count);
    mostRisk = Math.max(mostRisk, topOf(quota.cut.bin));
  }
  const isEmpty = rows === 0;
  return { candidates, coldStartLeftOut, rows, expectedNoise: isEmpty ? null : sum / rows, mostRisk: isEmpty ? null : mostRisk, observed: observedNoise(groups, quotas) };
}

function observedNoise(groups: Census['groups'], quotas: Quotas): ObservedNoise | null {
  let [labelled, failures] = [0, 0];
  for (const [group, { cut }] of quotas) {
    const histogram = groups.get(group);
    for (let bin = 0; bin <= cut.bin; bin++) {
      labelled += histogram?.labelled[bin] ?? 0;
      failures += histogram?.failures[bin] ?? 0;
    }
  }
  if (labelled === 0) return null;
  return { labelled, failures, low: 1 - riskBound(labelled - failures, labelled, TAIL), high: riskBound(failures, labelled, TAIL) };
}
