import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MetaErrError, messageOf, type ErrorCode, type HttpErrorCode } from '../core/errors.js';
import { drainBody } from './drain-body.js';
import { isOpenInference, sendPlainJson } from './open-inference.js';

/** The one place where errors become HTTP numbers. */
export const HTTP_STATUS: Readonly<Record<HttpErrorCode, number>> = {
  INVALID_HTTP: 400,
  HEADERS_TOO_LARGE: 431,
  REQUEST_INCOMPLETE: 408,
  INVALID_JSON: 400,
  INVALID_REQUEST: 400,
  INVALID_INPUT: 400,
  UNSUPPORTED_MEDIA_TYPE: 415,
  PAYLOAD_TOO_LARGE: 413,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  MODEL_NOT_FOUND: 404,
  VERSION_NOT_FOUND: 404,
  MODEL_NOT_READY: 503,
  MODEL_UNAVAILABLE: 503,
  MODEL_UNLOADED: 404,
  MODEL_LOAD_FAILED: 400,
  MODEL_IS_EXTERNAL: 400,
  MODEL_NOT_EXTERNAL: 400,
  MODEL_HAS_NO_LABELS: 400,
  QUEUE_FULL: 503,
  REQUEST_TIMEOUT: 504,
  // Nobody reads it; the number is the one that proxies log.
  CLIENT_GONE: 499,
  INFERENCE_FAILED: 500,
  PREDICTION_NOT_FOUND: 404,
  META_MODEL_NOT_FOUND: 404,
  PROMOTION_CONFLICT: 409,
  JOB_NOT_FOUND: 404,
  JOB_NOT_CANCELLABLE: 409,
  LEDGER_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  ADMIN_KEY_REQUIRED: 401,
  SHUTTING_DOWN: 503,
  INTERNAL: 500,
};

/** What Fastify itself refuses, in words of the catalogue. */
const FASTIFY_CODES: Readonly<Record<string, HttpErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'INVALID_JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'INVALID_JSON',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INVALID_REQUEST',
  FST_ERR_BAD_URL: 'INVALID_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'INVALID_REQUEST',
};

const isHttpCode = (code: ErrorCode): code is HttpErrorCode => code in HTTP_STATUS;

/** A validation fault names its field as `body.items[3].row`. */
function fromValidation(error: FastifyError): MetaErrError {
  const fault = error.validation?.[0];
  const extra = fault?.params['additionalProperty'] ?? fault?.params['missingProperty'];
  const path = (fault?.instancePath ?? '').replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.').replace(/^\./, '');
  const field = [path, typeof extra === 'string' ? extra : ''].filter((part) => part !== '').join('.');
  const allowed = Array.isArray(fault?.params['allowedValues']) ? `: ${(fault.params['allowedValues'] as unknown[]).join(', ')}` : '';
  const message = `${error.validationContext ?? 'request'}${field === '' ? '' : ` field ${field}`}: ${fault?.message ?? error.message}${allowed}`;
  return new MetaErrError('INVALID_REQUEST', message, field === '' ? {} : { field });
}

function toCatalogue(error: FastifyError, contentType: string | undefined): MetaErrError {
  if (error instanceof MetaErrError) return error;
  if (error.validation !== undefined) return fromValidation(error);
  const code = FASTIFY_CODES[error.code];
  if (code === 'UNSUPPORTED_MEDIA_TYPE') return new MetaErrError(code, `expected the header content-type: application/json, got ${contentType ?? 'none'}`);
  if (code !== undefined) return new MetaErrError(code, error.message);
  if (error instanceof SyntaxError) return new MetaErrError('INVALID_JSON', error.message);
  if (error.statusCode === 400) return new MetaErrError('INVALID_REQUEST', error.message);
  return new MetaErrError('INTERNAL', 'The service has a defect; the log has the details under this request id.', { cause: error });
}

function handle(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = toCatalogue(thrown, request.headers['content-type']);
  const code = isHttpCode(error.code) ? error.code : 'INTERNAL';
  if (code === 'INTERNAL') request.log.error({ err: thrown }, 'unexpected error');
  const status = HTTP_STATUS[code];
  if (status === 503) void reply.header('retry-after', String(error.retryAfterSeconds ?? 1));
  if (isOpenInference(request)) return sendPlainJson(reply.code(status), { error: messageOf(error) });
  const field = error.field === undefined ? {} : { field: error.field };
  return reply.code(status).send({ error: { code, message: messageOf(error), ...field, request_id: request.id } });
}

/** A client that still sends when the connection is closed does not get to see the reply: what is left of its body is read first. */
async function handleAfterBody(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') await drainBody(request.raw);
  return handle(thrown, request, reply);
}

/** For paths that no route is looked up for; no hook runs for them. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  handle(error, request, reply.header('x-request-id', request.id));
}

/** Every error reply has one form and one table of numbers. */
export function useErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>(handleAfterBody);
}
