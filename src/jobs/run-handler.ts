import { MetaErrError, messageOf } from '../core/errors.js';
import { JobInterrupted } from './abort.js';
import type { Job, JobHandler, JobProgress, RetrainResult } from './queue.js';

/** How a run of a handler ended; `interrupted` is no end of the job, nor is a failure that can be tried again. */
export type RunOutcome =
  | { readonly state: 'completed'; readonly result: RetrainResult; readonly error: null }
  /** `retryAfterSeconds` is null when trying again makes no sense. */
  | { readonly state: 'failed'; readonly result: null; readonly error: string; readonly retryAfterSeconds: number | null }
  | { readonly state: 'cancelled'; readonly result: RetrainResult | null; readonly error: null }
  | { readonly state: 'interrupted' };

/**
 * Runs a handler to its end and says how it ended; never rejects. A handler whose signal was aborted ends as cancelled,
 * or as interrupted when the process closes; a result that it still returned is kept, for what it did was done.
 */
export async function runHandler(handler: JobHandler, job: Job, signal: AbortSignal, progress: (progress: JobProgress) => void): Promise<RunOutcome> {
  const interrupted = () => signal.aborted && signal.reason instanceof JobInterrupted;
  try {
    const result = await handler(job, { signal, progress });
    if (signal.aborted && !interrupted()) return { state: 'cancelled', result, error: null };
    return { state: 'completed', result, error: null };
  } catch (error) {
    if (interrupted()) return { state: 'interrupted' };
    if (signal.aborted) return { state: 'cancelled', result: null, error: null };
    return { state: 'failed', result: null, error: messageOf(error), retryAfterSeconds: retryAfter(error) };
  }
}

function retryAfter(error: unknown): number | null {
  return error instanceof MetaErrError ? (error.retryAfterSeconds ?? null) : null;
}
