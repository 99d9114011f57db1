/**
 * The closed catalogue of coded errors. Every error that leaves the service carries one of these codes;
 * HTTP numbers live in the error plugin, which is exhaustive over `HttpErrorCode` by type.
 */
export interface ErrorDefinition {
  /** Where the error can be seen: in an HTTP reply, or when the process refuses to start. */
  readonly surface: 'http' | 'startup';
  /** What the error means, for the generated `docs/errors.md`. */
  readonly description: string;
  /** What the caller or operator can do about it. */
  readonly remedy: string;
}

const http = (description: string, remedy: string) => ({ surface: 'http', description, remedy }) as const;
const startup = (description: string, remedy: string) => ({ surface: 'startup', description, remedy }) as const;

export const ERROR_CATALOGUE = {
  INVALID_HTTP: http('What came on the connection is no HTTP request: an unknown method, or a malformed line, header or chunk.', 'Send HTTP/1.1 with a method that it knows, and not TLS.'),
  HEADERS_TOO_LARGE: http('The request line and the headers are larger than the limit of Node.js (16 KiB, unless --max-http-header-size says otherwise).', 'Send fewer or shorter headers, and what is long in the body.'),
  REQUEST_INCOMPLETE: http('The request did not arrive completely in time: a minute for its headers.', 'Send the request again, without a pause.'),
  INVALID_JSON: http('The body is not valid JSON.', 'Send one JSON document in UTF-8.'),
  INVALID_REQUEST: http('The body, query or path does not fit the schema of the route.', 'Correct the field that the message names.'),
  INVALID_INPUT: http('An input tensor is missing, unknown, or of the wrong type, shape or range.', 'Compare with the signature at GET /v1/models/{model}.'),
  UNSUPPORTED_MEDIA_TYPE: http('The content type or the content encoding is not one that the route reads.', 'Send application/json, not compressed; only routes under /v2 read gzip and deflate.'),
  PAYLOAD_TOO_LARGE: http('The body is larger than the limit.', 'Split the request into several.'),
  ROUTE_NOT_FOUND: http('No route has this path.', 'See /docs for the routes.'),
  METHOD_NOT_ALLOWED: http('The path exists, but not with this method.', 'Use a method of the Allow header.'),
  MODEL_NOT_FOUND: http('The model repository has no model of this name.', 'See GET /v1/models.'),
  VERSION_NOT_FOUND: http('The model has no loaded version of this number.', 'See GET /v1/models/{model}.'),
  MODEL_NOT_READY: http('The model is still loading.', 'Try again after Retry-After seconds.'),
  MODEL_UNAVAILABLE: http('The model could not be loaded, or no instance of it works: its threads ended again and again.', 'GET /v1/models/{model} gives the reason. Instances are tried again by themselves, after Retry-After seconds.'),
  MODEL_UNLOADED: http('The model was taken out of service.', 'Load it with POST /v2/repository/models/{model}/load.'),
  MODEL_LOAD_FAILED: http('The model could not be loaded; a version that served before serves on.', 'Correct what the message names and load it again.'),
  MODEL_IS_EXTERNAL: http('The model is served elsewhere; this service only scores its outputs.', 'Send inputs and outputs to POST /v1/models/{model}/score.'),
  MODEL_NOT_EXTERNAL: http('The model runs in this service, which does not score outputs made elsewhere.', 'Send inputs to POST /v1/models/{model}/predict, or declare source: external in metaerr.yaml.'),
  MODEL_HAS_NO_LABELS: http('The task of the model has no labels (regression, custom), so there are no pseudo-labels.', 'See the task at GET /v1/models/{model}.'),
  QUEUE_FULL: http('The queue of the model is full.', 'Try again after Retry-After seconds, or raise batching.max_queue_rows or instances.'),
  REQUEST_TIMEOUT: http('The prediction did not start within the time-out of the model or that of the request.', 'Try again, or raise batching.timeout_milliseconds or the time-out of the request.'),
  CLIENT_GONE: http('The client closed its connection before its prediction had started; it never ran, and is in no ledger.', 'Nobody reads this reply: the code stands for it in metrics. Give requests a longer time-out, or the model more instances.'),
  INFERENCE_FAILED: http('The base model failed on the inputs of this request.', 'The message carries the engine error; other requests are not affected.'),
  PREDICTION_NOT_FOUND: http('The ledger has no prediction of this id.', 'It may be older than the retention, or not written yet.'),
  META_MODEL_NOT_FOUND: http('The model has no meta-model of this version.', 'See GET /v1/models/{model}/meta-models.'),
  PROMOTION_CONFLICT: http('Another promotion took place at the same time.', 'Read the meta-models again and decide anew.'),
  JOB_NOT_FOUND: http('No job has this id.', 'Finished jobs are kept for a limited time.'),
  JOB_NOT_CANCELLABLE: http('The job has already ended.', 'Read its state at GET /v1/jobs/{id}.'),
  LEDGER_UNAVAILABLE: http('The ledger cannot make data durable now (a full disk, for example). Nothing was acknowledged.', 'Free space or restore the store, then send the same items again.'),
  STORE_UNAVAILABLE: http('The store of meta-models and jobs cannot be reached now. Nothing was changed.', 'Try again after Retry-After seconds; GET /readyz says what is missing.'),
  ADMIN_KEY_REQUIRED: http('The route is for the operator, and the request has no or another admin key.', 'Send Authorization: Bearer <METAERR_ADMIN_KEY>.'),
  SHUTTING_DOWN: http('The server is shutting down.', 'Send the request to another server.'),
  INTERNAL: http('A defect of the service.', 'Report it with the request id; details are in the log.'),
  CONFIG_INVALID: startup('Environment variables are missing or malformed.', 'The message lists every fault; see docs/configuration.md.'),
  DATA_DIR_LOCKED: startup('Another server uses the data folder.', 'Stop it, or set METAERR_DATA_DIR to another folder.'),
  DATA_DIR_UNUSABLE: startup('The data folder cannot be created, read or written.', 'Correct its permissions or METAERR_DATA_DIR.'),
  REDIS_UNUSABLE: startup('The Redis at REDIS_URL answers, but cannot be used: credentials, rights, version or memory policy.', 'The message says what is wrong; see docs/distributed.md.'),
  SCHEMA_TOO_NEW: startup('The data folder was written by a newer release.', 'Start that release, or give an older data folder.'),
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;
export type HttpErrorCode = { [C in ErrorCode]: (typeof ERROR_CATALOGUE)[C]['surface'] extends 'http' ? C : never }[ErrorCode];

export interface MetaErrErrorOptions {
  /** The field of the request that is at fault, as a path such as `items[3].row`. */
  readonly field?: string | undefined;
  /** Seconds after which trying again makes sense; becomes the Retry-After header. */
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** An error of the catalogue. Anything else that is thrown is a defect and becomes `INTERNAL`. */
export class MetaErrError extends Error {
  override readonly name = 'MetaErrError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: MetaErrErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
