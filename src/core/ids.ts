import { createHash } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const TAG_LENGTH = 6;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PREDICTION_ID = /^([0-9A-HJKMNP-TV-Z]{6})_([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

/**
 * The short tag of a model in its prediction ids: six Crockford base-32 characters (30 bits) of the SHA-256 of its
 * name. It lets a ground truth that comes before its prediction be filed with the right model.
 */
export function modelTag(model: string): string {
  const digest = createHash('sha256').update(model).digest();
  let bits = digest.readUInt32BE(0);
  let tag = '';
  for (let i = 0; i < TAG_LENGTH; i++) {
    tag += CROCKFORD[bits & 31] ?? '0';
    bits >>>= 5;
  }
  return tag;
}

/** Makes prediction ids `<tag>_<ULID>`: sortable by time, of letters, digits and `_` only. */
export function predictionIdFactory(): (tag: string, now: number) => string {
  const next = monotonicFactory();
  return (tag, now) => `${tag}_${next(now)}`;
}

/** The model tag in a prediction id, or null when the text is no prediction id. */
export function tagOfPredictionId(id: string): string | null {
  return PREDICTION_ID.exec(id)?.[1] ?? null;
}

/** Longest caller's id that ground truth can name; longer ones are only echoed. */
export const MOST_CALLER_ID_LENGTH = 512;

/**
 * What stands for a caller's own id in the ledger: it begins with the model's tag as a prediction id does, and can never be one.
 */
export function callerKey(tag: string, callerId: string): string {
  return `${tag}_~${callerId}`;
}

/** Whether an id of a ground truth is a `callerKey`. */
export function isCallerKey(id: string): boolean {
  return id.startsWith('_~', TAG_LENGTH);
}

/** The model tag of a prediction id or caller key. */
export function tagOf(id: string): string {
  return id.slice(0, id.indexOf('_'));
}

/** A ULID for jobs and the like, with a prefix of letters. */
export function ulidFactory(prefix: string): (now: number) => string {
  const next = monotonicFactory();
  return (now) => `${prefix}_${next(now)}`;
}
