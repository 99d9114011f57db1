import { MetaErrError } from '../../../core/errors.js';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function refuse(field: string, message: string): never {
  throw new MetaErrError('INVALID_REQUEST', `${field}: ${message}`, { field });
}

/** Bodies of the model repository extension are optional: none is as good as an empty object. */
function readObject(body: Uint8Array): JsonObject {
  if (body.byteLength === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new MetaErrError('INVALID_JSON', 'The body is not valid JSON.', { cause: error });
  }
  return isObject(value) ? value : refuse('body', 'expected a JSON object');
}

function readParameters({ parameters = {} }: JsonObject): JsonObject {
  return isObject(parameters) ? parameters : refuse('parameters', 'expected an object');
}

/** The body of an index request: whether only models that serve are asked for. Throws INVALID_JSON or INVALID_REQUEST. */
export function readIndexRequest(body: Uint8Array): { readonly ready: boolean } {
  const { ready = false } = readObject(body);
  return typeof ready === 'boolean' ? { ready } : refuse('ready', 'expected true or false');
}

/**
 * Checks the body of a load request. A configuration or files sent along are refused: what is loaded is what the model repository
 * has, or two replicas would serve different models under one version. Throws INVALID_JSON or INVALID_REQUEST.
 */
export function checkLoadRequest(body: Uint8Array): void {
  for (const name of Object.keys(readParameters(readObject(body)))) {
    if (name === 'config' || name.startsWith('file:')) {
      refuse(`parameters.${name}`, 'a model is loaded as it is in the model repository; change metaerr.yaml or the files there instead');
    }
    refuse(`parameters.${name}`, 'unknown parameter');
  }
}

/** Checks the body of an unload request. No model depends on another, so `unload_dependents` changes nothing. Throws INVALID_JSON or INVALID_REQUEST. */
export function checkUnloadRequest(body: Uint8Array): void {
  const { unload_dependents = false } = readParameters(readObject(body));
  if (typeof unload_dependents !== 'boolean') refuse('parameters.unload_dependents', 'expected true or false');
}
