import { MetaErrError } from '../core/errors.js';

/** Whether the same may succeed later: the error says when to try again. */
export function isPassing(error: unknown): boolean {
  return error instanceof MetaErrError && error.retryAfterSeconds !== undefined;
}
