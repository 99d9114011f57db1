import { MetaErrError, messageOf } from '../../core/errors.js';

/** Seconds after which Redis is worth another try. */
const RETRY_AFTER_SECONDS = 2;

/** What Redis answers while it cannot take the command now: loading, a failover, a script that runs, no memory, no disk. */
const PASSING = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|BUSY|OOM|MISCONF|NOREPLICAS|UNBLOCKED)\b/;
/** What ioredis says when there is no connection, or no answer in time. */
const UNREACHABLE = /Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|max retries per request|Failed to refresh slots cache|Cluster isn't ready|None of startup nodes|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/i;

/** Whether the error says that Redis cannot be used now, so that the same call may succeed later. */
export function isPassing(thrown: unknown): boolean {
  return thrown instanceof Error && (PASSING.test(thrown.message) || UNREACHABLE.test(thrown.message) || UNREACHABLE.test(String((thrown as NodeJS.ErrnoException).code)));
}

/** The error as the service knows it: `code` for a Redis that cannot be used now; anything else is a defect and stays. */
export function translateRedisError(thrown: unknown, code: 'LEDGER_UNAVAILABLE' | 'STORE_UNAVAILABLE'): unknown {
  if (thrown instanceof MetaErrError || !isPassing(thrown)) return thrown;
  return new MetaErrError(code, `Redis cannot be used now: ${messageOf(thrown)}`, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: thrown });
}
