import { ErrorCode } from 'bullmq';
import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import { isPassing } from '../../ledger/redis/errors.js';

const AGAIN_MILLISECONDS = 60_000;
const MOST_MESSAGES = 100;

/**
 * A listener for the errors of BullMQ's objects, which repeat themselves for as long as a fault lasts: each message is logged once a
 * minute. That Redis is away is told by the connection itself, so it is only of interest for debugging here.
 */
export function quietErrors(clock: Clock, logger: Logger): (error: Error) => void {
  const seen = new Map<string, number>();
  return (error) => {
    const message = messageOf(error);
    const now = clock.monotonic();
    if (now - (seen.get(message) ?? -Infinity) < AGAIN_MILLISECONDS) return;
    if (seen.size >= MOST_MESSAGES) seen.clear();
    seen.set(message, now);
    if (isPassing(error)) logger.debug({ err: message }, 'job queue waits for Redis');
    else if (isTakenOver(error)) logger.warn({ err: message }, 'another process took a job over: this one held its lock no longer');
    else logger.error({ err: message }, 'job queue has a fault');
  };
}

/** A process that stood still for longer than its lock tells BullMQ the end of a job that another one runs, or has ended, by now. */
function isTakenOver(error: Error): boolean {
  return 'code' in error && (error.code === ErrorCode.JobNotExist || error.code === ErrorCode.JobLockNotExist);
}
