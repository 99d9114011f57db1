import { isoTime } from '../core/clock.js';
import { keyName } from '../ledger/key-name.js';
import type { Ledger } from '../ledger/ledger.js';
import type { MetaModelRegistry } from '../meta/registry.js';
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
  if (until !== null && (await hasMatured(ports, profile, before, until))) return null;
  if (until === null) return NOTHING_NEW;
  const { rows, first, last } = await labelledRows(ports.ledger, profile, { from: until, to: null, newest: profile.retraining.max_rows });
  if (rows === 0) return NOTHING_NEW;
  const [begin, end] = [first, last].map((createdAt) => isoTime(createdAt + now - until));
  return `${NOTHING_NEW}, and ${rows} labelled predictions are not old enough to count (retraining.label_maturity_seconds): the first will be at ${begin}, the last at ${end}`;
}

/** Whether labelled rows have become old enough since the last training read them: what it left behind says up to when it did. */
async function hasMatured({ ledger, registry }: MaturingPorts, profile: ModelProfile, before: TrainingMark | null, until: number): Promise<boolean> {
  const name = keyName(profile.key);
  const ends = (await registry.list(profile.key.model)).flatMap(({ key, training }) => (keyName(key) === name && training.until !== undefined ? [training.until] : []));
  if (ends.length > 0) return (await labelledRows(ledger, profile, { from: Math.max(...ends), to: until, newest: 1 })).rows > 0;
  // With too few labels nothing is left behind but how many there were.
  const known = before?.rows ?? 0;
  return (await labelledRows(ledger, profile, { from: null, to: until, newest: known + 1 })).rows > known;
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
