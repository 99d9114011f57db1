import { MetaErrError, messageOf } from '../../core/errors.js';

/** Seconds after which Redis is worth another try. */
const RETRY_AFTER_SECONDS = 2;

/**
 * What Redis answers while it cannot take the command now: loading, a failover, a script that runs, no memory, no disk. Redis 6 puts what a
 * command in a script says behind the script's own error.
 */
const PASSING = /(?:^|: -)(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|BUSY|OOM|MISCONF|NOREPLICAS|UNBLOCKED)\b/;
/** What ioredis says of a connection that ended before the answer came. */
const LOST = /Connection is closed|max retries per request|Command aborted|Socket timeout|ECONNRESET|EPIPE/i;
/** What it says when there is no connection, or no answer in time. */
const UNREACHABLE = /Stream isn't writeable|Command timed out|Failed to refresh slots cache|Cluster isn't ready|Cluster is (?:dis|ended)|Too many Cluster redirections|None of startup nodes|ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/i;
/** What Redis answers to who may not use it. */
const FORBIDDEN = /(?:^|: -)(WRONGPASS|NOAUTH|NOPERM|ERR invalid password)|user executing the script can't/;
/** What it answers to who takes it for another Redis than it is. */
const ANOTHER = /(?:^|: -)(MOVED|CROSSSLOT|ERR DB index is out of range|ERR SELECT is not allowed|ERR This instance has cluster support disabled|ERR unknown command)/;

/** Whether the connection was lost before the answer came, so that it is not known what became of the call. */
export function isConnectionLoss(thrown: unknown): boolean {
  return thrown instanceof Error && LOST.test(thrown.message);
}

/** Whether the error says that Redis cannot be used now, so that the same call may succeed later. */
export function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return PASSING.test(thrown.message) || isConnectionLoss(thrown) || UNREACHABLE.test(thrown.message) || UNREACHABLE.test(String((thrown as NodeJS.ErrnoException).code));
}

/** Whether the error says that Redis is there but will not serve this user, or not in this way. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && (FORBIDDEN.test(thrown.message) || ANOTHER.test(thrown.message));
}

/** The error as the service knows it: `code` for a Redis that cannot be used now, or not by this user; anything else is a defect and stays. */
export function translateRedisError(thrown: unknown, code: 'LEDGER_UNAVAILABLE' | 'STORE_UNAVAILABLE'): unknown {
  if (thrown instanceof MetaErrError || !(isPassing(thrown) || FORBIDDEN.test(messageOf(thrown)))) return thrown;
  const said = messageOf(thrown);
  // Of a client without a connection, which speaks of its own options.
  const words = said.startsWith("Stream isn't writeable") ? 'it is not connected' : said;
  return new MetaErrError(code, `Redis cannot be used now: ${words}`, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: thrown });
}
