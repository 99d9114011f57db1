import { MetaErrError } from './core/errors.js';

/** Whether a process takes requests. */
export interface Refusal {
  /** The error of new requests; null while they are taken. */
  refusal(): MetaErrError | null;
  /** Refuses from now on. */
  refuse(): void;
}

/** Requests are taken until `refuse` is called. */
export function createRefusal(message: string): Refusal {
  let error: MetaErrError | null = null;
  return {
    refusal: () => error,
    refuse() {
      error ??= new MetaErrError('SHUTTING_DOWN', message, { retryAfterSeconds: 1 });
    },
  };
}
