import { addByName } from '../../core/add-by-name.js';
import type { Clock } from '../../core/clock.js';
import type { ModelCatalogue } from '../../inference/contracts.js';
import type { Ledger } from '../../ledger/ledger.js';
import { planBuckets } from './buckets.js';
import type { Timeline, TimelineBucket, TimelineQuery, TimelineSums, TimelineUseCase } from './contracts.js';
import { RecentCounts, type BoundedRange } from './recent-counts.js';

const DAY_MILLISECONDS = 86_400_000;
/** Buckets that are counted at the same time. */
const AT_ONCE = 4;

const NOTHING: TimelineSums = { predictions: 0, scored: 0, expectedFailures: 0, labelled: 0, failures: 0, labelledScored: 0, labelledExpectedFailures: 0 };

export interface TimelineOptions {
  readonly ledger: Pick<Ledger, 'counts' | 'scan'>;
  readonly catalogue: Pick<ModelCatalogue, 'get'>;
  readonly clock: Clock;
}

/** Traffic, expected and observed failures by time: the ledger counts each bucket, so no row comes into this thread. */
export function createTimeline({ ledger, catalogue, clock }: TimelineOptions): TimelineUseCase {
  const recent = new RecentCounts(ledger, clock);
  return {
    async timeline(query) {
      catalogue.get(query.model);
      const to = query.to ?? clock.now() + 1;
      const asked = query.from ?? Math.max(0, to - DAY_MILLISECONDS);
      const from = query.fit ? ((await firstOf(ledger, query, asked, to)) ?? asked) : asked;
      return count(recent, query, from, Math.max(to, from + 1));
    },
  };
}

/** When the first prediction of a range was made; null without. */
async function firstOf(ledger: Pick<Ledger, 'scan'>, { model, version }: TimelineQuery, from: number, to: number): Promise<number | null> {
  for await (const { createdAt } of ledger.scan({ model, version, labelled: null, from, to, features: false, inputs: false })) return createdAt[0] ?? null;
  return null;
}

async function count(recent: RecentCounts, { model, version, buckets: most }: TimelineQuery, from: number, to: number): Promise<Timeline> {
  const { widthMilliseconds, starts } = planBuckets(from, to, most);
  const buckets: TimelineBucket[] = [];
  for (let at = 0; at < starts.length; at += AT_ONCE) {
    const some = starts.slice(at, at + AT_ONCE).map((start) => bucketOf(recent, start, { model, version, from: Math.max(from, start), to: Math.min(to, start + widthMilliseconds) }));
    buckets.push(...(await Promise.all(some)));
  }
  return { from, to, widthMilliseconds, buckets, total: buckets.reduce<TimelineSums>(addByName, NOTHING) };
}

async function bucketOf(recent: RecentCounts, start: number, query: BoundedRange): Promise<TimelineBucket> {
  const { predictions, scored, expectedFailures, labelled, failures, labelledScored, labelledExpectedFailures } = await recent.counts(query);
  return { from: start, predictions, scored, expectedFailures, labelled, failures, labelledScored, labelledExpectedFailures };
}
