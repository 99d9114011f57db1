import { resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { Type, type Static } from 'typebox';
import { endpointFaults, TRACING_SETTINGS, tracingConfig, type TracingConfig } from './config-tracing.js';
import { MetaErrError, messageOf } from './core/errors.js';
import { LOG_LEVELS } from './core/logger.js';
import { parseRedisUrl } from './ledger/redis/address.js';

/** Every setting, in the order of docs/configuration.md. */
export const SETTINGS = Type.Object(
  {
    HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address to listen on, of the server and of the worker. The container image sets 0.0.0.0.' }),
    PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port to listen on; 0 takes a free one. The worker answers its probes and metrics there.' }),
    LOG_LEVEL: Type.Union(LOG_LEVELS.map((level) => Type.Literal(level)), { default: 'info', description: `Least level that is logged: ${LOG_LEVELS.join(', ')}.` }),
    REDIS_URL: Type.Optional(Type.String({ description: 'Redis of the distributed mode; see docs/distributed.md for its forms (TLS, ACL users, Cluster). Without it the server keeps everything in METAERR_DATA_DIR.' })),
    METAERR_REDIS_PREFIX: Type.String({ default: 'metaerr', pattern: '^[A-Za-z0-9_.-]{1,64}$', description: 'First part of every Redis key, so that several installations can share one Redis.' }),
    METAERR_REDIS_TIMEOUT_MILLISECONDS: Type.Integer({ default: 2000, minimum: 50, maximum: 60000, description: 'Longest time that Redis may take to answer a command before the request that needs it is refused.' }),
    METAERR_ADMIN_KEY: Type.Optional(Type.String({ minLength: 16, pattern: '^[!-~]*$', description: 'When set (16 characters or more, of ASCII and without spaces), retrain, promote, load, unload, cancel and the queue page need the header `Authorization: Bearer <key>`; a browser asks for it as a password.' })),
    METAERR_BULL_BOARD: Type.Boolean({ default: true, description: 'Distributed mode: whether the server shows the queues at /admin/queues, to be looked at only.' }),
    METAERR_UI: Type.Boolean({ default: true, description: 'Whether the server has the page for people at /ui/ (docs/ui.md).' }),
    METAERR_WORKER_CONCURRENCY: Type.Integer({ default: 1, minimum: 1, maximum: 64, description: 'Retrainings that one worker process runs at the same time, each in a process of its own.' }),
    METAERR_MODEL_REPOSITORY: Type.String({ default: './models', minLength: 1, description: 'Folder of base models: <name>/<version>/model.onnx.' }),
    METAERR_DATA_DIR: Type.String({ default: './data', minLength: 1, description: 'Embedded mode: folder of the ledger, the meta-models and the jobs. One server at a time.' }),
    METAERR_BODY_LIMIT_MEBIBYTES: Type.Integer({ default: 64, minimum: 1, maximum: 1024, description: 'Largest request body.' }),
    METAERR_LEDGER_FLUSH_MILLISECONDS: Type.Integer({ default: 50, minimum: 1, maximum: 60000, description: 'Longest time a prediction waits in memory before it is written to the ledger: what SIGKILL can lose.' }),
    METAERR_LEDGER_BUFFER_ROWS: Type.Integer({ default: 50000, minimum: 1, maximum: 10000000, description: 'Prediction rows that may wait for the ledger; beyond it rows are dropped, counted and logged. A request of more rows is taken besides while the ledger can be written.' }),
    METAERR_LEDGER_DURABLE: Type.Boolean({ default: false, description: 'Whether the ledger is meant to hold every prediction: one that it cannot take now, so that it may never be in it, then has metaerr_status degraded. Its failure probability and decision stay as they are.' }),
    METAERR_JOBS_KEPT_DAYS: Type.Integer({ default: 14, minimum: 1, maximum: 3650, description: 'Days for which ended jobs can be read.' }),
    METAERR_HOUSEKEEPING_SECONDS: Type.Integer({ default: 60, minimum: 1, maximum: 86400, description: 'Time between two runs of retention and of the expiry of pending ground truths.' }),
    METAERR_SHUTDOWN_SECONDS: Type.Integer({ default: 5, minimum: 0, maximum: 3600, description: 'Time a running retraining gets at shutdown before it is given back to the queue. The process leaves at most 30 seconds after that, whatever hangs.' }),
    ...TRACING_SETTINGS,
  },
  { additionalProperties: false },
);

type Settings = Static<typeof SETTINGS>;

/** The configuration of one process. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Absolute paths. */
  readonly modelRepository: string;
  readonly dataDir: string;
  readonly bodyLimitBytes: number;
  /** Null in the embedded mode. */
  readonly redis: { readonly url: string; readonly prefix: string; readonly timeoutMilliseconds: number } | null;
  readonly adminKey: string | null;
  readonly bullBoard: boolean;
  readonly ui: boolean;
  readonly workerConcurrency: number;
  readonly ledger: { readonly flushMilliseconds: number; readonly bufferRows: number; readonly durable: boolean };
  readonly jobsKeptDays: number;
  readonly housekeepingSeconds: number;
  readonly shutdownSeconds: number;
  /** Null where nothing is traced. */
  readonly tracing: TracingConfig | null;
}

/** The configuration of a worker, which has nothing to do without Redis. */
export type WorkerConfig = Config & { readonly redis: NonNullable<Config['redis']> };

/** Names that are ours: a misspelt one is a fault, other variables are none of our business. */
function ownVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, text] of Object.entries(environment)) {
    const known = Object.hasOwn(SETTINGS.properties, name) || name.startsWith('METAERR_');
    if (known && text !== undefined && text !== '') own[name] = text;
  }
  return own;
}

function faultText(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') return `${String(error.params['additionalProperty'])} is not a setting`;
  return `${error.instancePath.slice(1)} ${error.message ?? 'is wrong'}`;
}

/** What the schema cannot say of a setting. */
function furtherFaults(own: Record<string, unknown>, needed: readonly string[]): string[] {
  const absent = needed.filter((name) => own[name] === undefined).map((name) => `${name} is not set, and this process needs it`);
  return [...absent, ...redisFaults(own['REDIS_URL']), ...endpointFaults(own)];
}

function redisFaults(url: unknown): string[] {
  if (typeof url !== 'string') return [];
  try {
    parseRedisUrl(url);
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

function checkSettings(own: Record<string, unknown>, needed: readonly string[]): asserts own is Settings {
  const validate = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true, strict: false }).compile(SETTINGS);
  const malformed = validate(own) ? [] : (validate.errors ?? []).filter((error) => error.keyword !== 'const').map(faultText);
  const faults = [...new Set([...malformed, ...furtherFaults(own, needed)])];
  if (faults.length > 0) throw new MetaErrError('CONFIG_INVALID', `The environment has ${faults.length} fault(s): ${faults.join('; ')}. See docs/configuration.md.`);
}

/**
 * Reads the configuration from the environment.
 * @throws MetaErrError CONFIG_INVALID that lists every fault at once.
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  return read(environment, []);
}

/** As `loadConfig`, for the worker: an absent REDIS_URL is a fault too. */
export function loadWorkerConfig(environment: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const { redis, ...rest } = read(environment, ['REDIS_URL']);
  if (redis === null) throw new Error('an absent REDIS_URL was not found');
  return { ...rest, redis };
}

function read(environment: NodeJS.ProcessEnv, needed: readonly string[]): Config {
  const own: Record<string, unknown> = ownVariables(environment);
  checkSettings(own, needed);
  return {
    host: own.HOST,
    port: own.PORT,
    logLevel: own.LOG_LEVEL,
    modelRepository: resolve(own.METAERR_MODEL_REPOSITORY),
    dataDir: resolve(own.METAERR_DATA_DIR),
    bodyLimitBytes: own.METAERR_BODY_LIMIT_MEBIBYTES * 1024 * 1024,
    redis: own.REDIS_URL === undefined ? null : { url: own.REDIS_URL, prefix: own.METAERR_REDIS_PREFIX, timeoutMilliseconds: own.METAERR_REDIS_TIMEOUT_MILLISECONDS },
    adminKey: own.METAERR_ADMIN_KEY ?? null,
    bullBoard: own.METAERR_BULL_BOARD,
    ui: own.METAERR_UI,
    workerConcurrency: own.METAERR_WORKER_CONCURRENCY,
    ledger: { flushMilliseconds: own.METAERR_LEDGER_FLUSH_MILLISECONDS, bufferRows: own.METAERR_LEDGER_BUFFER_ROWS, durable: own.METAERR_LEDGER_DURABLE },
    jobsKeptDays: own.METAERR_JOBS_KEPT_DAYS,
    housekeepingSeconds: own.METAERR_HOUSEKEEPING_SECONDS,
    shutdownSeconds: own.METAERR_SHUTDOWN_SECONDS,
    tracing: tracingConfig(own),
  };
}
