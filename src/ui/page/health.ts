import { percent, time } from './format.js';
import type { Bucket, ModelSummary, Timeline } from './types.js';

export interface Health {
  readonly kind: 'good' | 'warn' | 'bad' | 'accent' | 'calm';
  /** A word or two. */
  readonly name: string;
  /** The same as a sentence; empty where the name says it all. */
  readonly words: string;
}

const LEAST_LABELLED = 50;
const LEAST_PREDICTIONS = 50;
/** Less of a span is too little to speak of lately. */
const LEAST_BUCKETS = 3;
/** Standard errors that a difference must have. */
const CLEAR = 3;
const LEAST_RISE = 1.3;

/** The one thing that an operator should know first about a model. */
export function healthOf(model: ModelSummary, timeline: Timeline | null): Health {
  if (model.state === 'unavailable') return { kind: 'bad', name: 'unavailable', words: model.reason ?? '' };
  if (model.state !== 'ready') return { kind: 'accent', name: model.state, words: '' };
  if (timeline === null || timeline.total.predictions === 0) return { kind: 'calm', name: 'no traffic', words: '' };
  const told = rising(timeline) ?? calibration(timeline);
  const uncalibrated = model.meta_version === 0 ? 'cold start' : model.label_free ? 'label-free' : null;
  if (uncalibrated !== null && told?.kind !== 'bad' && told?.kind !== 'warn') return { kind: 'accent', name: uncalibrated, words: '' };
  return told ?? { kind: 'good', name: 'steady', words: '' };
}

const sumOf = (buckets: readonly Bucket[], part: (bucket: Bucket) => number): number => buckets.reduce((sum, bucket) => sum + part(bucket), 0);

interface Part {
  readonly rows: number;
  /** Mean failure probability. */
  readonly expected: number;
  readonly labelled: number;
  /** Failure rate of the labelled rows. */
  readonly observed: number;
}

function partOf(buckets: readonly Bucket[]): Part {
  const rows = sumOf(buckets, ({ scored }) => scored);
  const labelled = sumOf(buckets, (bucket) => bucket.labelled);
  return { rows, labelled, expected: sumOf(buckets, (bucket) => bucket.expected_failures) / Math.max(1, rows), observed: sumOf(buckets, ({ failures }) => failures) / Math.max(1, labelled) };
}

/**
 * Since when the predicted failure rate has been clearly above what it was in the first half of the span, before any label says so.
 * What failed then, where it is known, counts as much as what was predicted, for a cold start or an older meta-model may have promised
 * too much; and where labels have come that say that no more fails than before, it was the meta-model that changed.
 */
function rising({ buckets }: Timeline): Health | null {
  const busy = buckets.filter(({ scored }) => scored > 0);
  const half = Math.ceil(busy.length / 2);
  const before = partOf(busy.slice(0, half));
  const usual = before.labelled >= LEAST_LABELLED ? Math.max(before.expected, before.observed) : before.expected;
  const first = busy.findLastIndex(({ expected_failures: expected, scored }) => expected / scored <= usual * LEAST_RISE) + 1;
  const start = Math.max(first, half);
  const now = partOf(busy.slice(start));
  if (now.rows < LEAST_PREDICTIONS || before.rows < LEAST_PREDICTIONS) return null;
  if ((now.expected - usual) / Math.sqrt((usual * (1 - usual)) / now.rows + 1e-9) < CLEAR) return null;
  if (now.labelled >= LEAST_LABELLED && before.labelled >= LEAST_LABELLED && now.observed < before.observed * LEAST_RISE) return null;
  return { kind: 'bad', name: 'failures rising', words: `${percent(now.expected)} predicted since ${time(busy[start]?.from ?? '')}, ${percent(usual)} before` };
}

/** Whether in the newer half of the traffic as much failed as expected, on the same rows; null where too little of it is labelled. */
function calibration({ buckets }: Timeline): Health | null {
  const busy = buckets.filter(({ predictions }) => predictions > 0);
  const lately = busy.slice(Math.floor(busy.length / 2)).filter(({ labelled_scored: rows }) => rows > 0);
  const rows = sumOf(lately, ({ labelled_scored: each }) => each);
  if (rows < LEAST_LABELLED || lately.length < LEAST_BUCKETS) return null;
  const expected = sumOf(lately, (bucket) => bucket.labelled_expected_failures) / rows;
  const { observed } = partOf(lately);
  const error = Math.sqrt(Math.max(expected * (1 - expected), 1e-4) / rows);
  if (Math.abs(observed - expected) / error < CLEAR || Math.abs(observed - expected) < 0.02) return { kind: 'good', name: 'as predicted', words: '' };
  return { kind: 'warn', name: observed > expected ? 'more failures than predicted' : 'fewer failures than predicted', words: `${percent(observed)} observed lately, ${percent(expected)} predicted on the same rows` };
}

export function healthPillClass({ kind }: Health): string {
  return kind === 'calm' ? 'pill' : `pill ${kind}`;
}
