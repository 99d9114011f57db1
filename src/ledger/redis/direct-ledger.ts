import { MetaErrError } from '../../core/errors.js';
import { createLogger } from '../../core/logger.js';
import type { Ledger } from '../ledger.js';
import { RedisClient } from './client.js';
import { createRedisReader } from './reader.js';

/** A training waits longer than a request does. */
const PATIENCE_MILLISECONDS = 10_000;
const RETRY_AFTER_SECONDS = 2;

export interface RedisPlace {
  readonly url: string;
  readonly prefix: string;
  /** How long a call waits for the connection, and a step of it for its answer. */
  readonly patienceMilliseconds?: number;
}

/**
 * The ledger in Redis for reading from a process of its own (training): it has its own connection, for which calls wait some time; then they, and
 * all writes, are refused with LEDGER_UNAVAILABLE. Throws CONFIG_INVALID for a malformed URL.
 */
export function openRedisLedger({ url, prefix, patienceMilliseconds = PATIENCE_MILLISECONDS }: RedisPlace): Ledger {
  const client = new RedisClient({ url, prefix, name: 'metaerr-training', timeoutMilliseconds: patienceMilliseconds, logger: createLogger('silent') });
  const reader = createRedisReader(client);
  const ready = async (): Promise<void> => {
    if (!(await client.whenConnected(patienceMilliseconds))) throw unavailable(`no connection to Redis within ${patienceMilliseconds} ms`);
  };
  const read = <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    await ready();
    return call(...args);
  };
  const iterate = <A extends readonly unknown[], R>(call: (...args: A) => AsyncIterable<R>) => async function* (...args: A): AsyncGenerator<R> {
    await ready();
    yield* call(...args);
  };
  const refuse = async (): Promise<never> => {
    throw unavailable('this process only reads the ledger');
  };
  return {
    append: refuse,
    record: refuse,
    expirePending: refuse,
    prune: refuse,
    prediction: read(reader.prediction),
    labelled: iterate(reader.labelled),
    scan: iterate(reader.scan),
    counts: read(reader.counts),
    labelSequence: read(reader.labelSequence),
    close: () => client.close(),
  };
}

function unavailable(message: string): MetaErrError {
  return new MetaErrError('LEDGER_UNAVAILABLE', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
