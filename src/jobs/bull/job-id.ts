import { createHash } from 'node:crypto';
import { ulidFactory } from '../../core/ids.js';
import type { NewJob } from '../queue.js';

const JOB_ID = /^job_[0-7][0-9A-HJKMNP-TV-Z]{25}_([0-9a-f]{16})$/;

/** What jobs that must not run or wait together have in common: 16 hexadecimal digits of the digest of type, model and version. */
export function lineOf({ type, model, version }: Pick<NewJob, 'type' | 'model' | 'version'>): string {
  return createHash('sha256').update(JSON.stringify([type, model, version])).digest('hex').slice(0, 16);
}

/** Makes ids `job_<ULID>_<line>`: from the id alone it is known where a job may be that is no job of BullMQ yet. */
export function jobIdFactory(): (now: number, line: string) => string {
  const next = ulidFactory('job');
  return (now, line) => `${next(now)}_${line}`;
}

/** The line of a job's id, or null when the text is no id of this queue. */
export function lineOfId(id: string): string | null {
  return JOB_ID.exec(id)?.[1] ?? null;
}
