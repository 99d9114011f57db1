import { isoTime } from '../core/clock.js';
import { keyName } from '../ledger/key-name.js';
import type { Ledger } from '../ledger/ledger.js';
import { MIN_LABELS } from '../meta/fit/shortage.js';
import { isLabelFree, type MetaModelRegistry } from '../meta/registry.js';
import { maturedBefore } from './matured.js';
import type { ModelProfile } from './model-profiles.js';
import type { TrainingMark } from './training-marks.js';

export const NOTHING_NEW = 'nothing new: no ground truth has come since the last training';

export interface MaturingPorts {
  readonly ledger: Pick<Ledger, 'labelled'>;
  readonly registry: Pick<MetaModelRegistry, 'list'>;
}

/**
 * Where labels wait for `label_maturity_seconds` and none has come since the last training (`before`): why nothing new can be learnt, in words, or null where rows
 * have become old enough since then.
 */
export async function maturingReason(ports: MaturingPorts, profile: ModelProfile, before: TrainingMark | null, now: number): Promise<string | null> {
  const until = maturedBefore(profile.retraining, now);
  if (until === null) return NOTHING_NEW;
  return (await hasMatured(ports, profile, before, until)) ? null : `${NOTHING_NEW}${await waitingWords(ports.ledger, profile, until, now)}`;
}

/** Where labels have come, but too few are old enough for anything to be learnt from them: that in words; else null. */
export async function immatureReason({ ledger }: Pick<MaturingPorts, 'ledger'>, profile: ModelProfile, now: number): Promise<string | null> {
  const until = maturedBefore(profile.retraining, now);
  if (until === null) return null;
  const { rows } = await labelledRows(ledger, profile, { from: null, to: until, newest: MIN_LABELS });
  if (rows >= MIN_LABELS) return null;
  return `too few labels: ${rows} labelled rows are old enough, at least ${MIN_LABELS} are needed${await waitingWords(ledger, profile, until, now)}`;
}

/** How many labelled rows are too young, and until when; empty where none is. */
async function waitingWords(ledger: MaturingPorts['ledger'], profile: ModelProfile, until: number, now: number): Promise<string> {
  const { rows, first, last } = await labelledRows(ledger, profile, { from: until, to: null, newest: profile.retraining.max_rows });
  if (rows === 0) return '';
  const [begin, end] = [first, last].map((createdAt) => isoTime(createdAt + now - until));
  return `, and ${rows} labelled predictions are not old enough to count (retraining.label_maturity_seconds): the first will be at ${begin}, the last at ${end}`;
}

/** Whether labelled rows have become old enough since the last training read them: what it left behind says up to when it did. */
async function hasMatured({ ledger, registry }: MaturingPorts, profile: ModelProfile, before: TrainingMark | null, until: number): Promise<boolean> {
  const name = keyName(profile.key);
  const ends = (await registry.list(profile.key.model)).flatMap((record) => (keyName(record.key) === name && !isLabelFree(record) ? (record.training.until ?? []) : []));
  if (ends.length > 0) return (await labelledRows(ledger, profile, { from: Math.max(...ends), to: until, newest: 1 })).rows > 0;
  // With too few labels nothing is left behind but how many there were.
  const needed = Math.max(MIN_LABELS, (before?.rows ?? 0) + 1);
  return (await labelledRows(ledger, profile, { from: null, to: until, newest: needed })).rows >= needed;
}

/** How many of them there are, and when the first and the last was created. */
async function labelledRows(
  ledger: MaturingPorts['ledger'], { key, layout }: ModelProfile, range: { readonly from: number | null; readonly to: number | null; readonly newest: number },
): Promise<{ readonly rows: number; readonly first: number; readonly last: number }> {
  const found = { rows: 0, first: NaN, last: NaN };
  for await (const { count, createdAt } of ledger.labelled({ key, featureSchema: layout.schema, ...range, features: false })) {
    if (count === 0) continue;
    if (found.rows === 0) found.first = createdAt[0] ?? NaN;
    found.last = createdAt[count - 1] ?? NaN;
    found.rows += count;
  }
  return found;
}
