import type { DefinedError } from 'ajv';

/** Turns the path of a JSON pointer (`/batching/max_rows`) into the form used in messages (`batching.max_rows`). */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function shown(data: unknown): string {
  const text = JSON.stringify(data) ?? String(data);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function expectation(error: DefinedError): string {
  switch (error.keyword) {
    case 'type':
      return `must be of type ${String(error.params.type).replaceAll(',', ' or ')}`;
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'minimum':
      return `must be at least ${error.params.limit}`;
    case 'maximum':
      return `must be at most ${error.params.limit}`;
    case 'minItems':
      return `must have at least ${error.params.limit} entries`;
    case 'minLength':
      return 'must not be empty';
    case 'uniqueItems':
      return 'must not repeat an entry';
    default:
      return error.message ?? 'is not valid';
  }
}

/** One fault of the schema in words, beginning with the path of the key at fault. */
export function describeFault(error: DefinedError): string {
  const path = pathOf(error.instancePath);
  if (error.keyword === 'additionalProperties') return `${join(path, error.params.additionalProperty)}: is not a key of metaerr.yaml`;
  return `${path === '' ? 'the document' : path}: ${expectation(error)}, got ${shown(error.data)}`;
}
