import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { GroundTruthInput, GroundTruthLine } from '../jobs/contracts.js';
import { bodyChunks } from './body-chunks.js';
import { Item } from './ground-truth-schemas.js';
import { readLines, type TextLine } from './ndjson-lines.js';

const LIMITS = { lineBytes: 65_536, chunkLines: 2_000, chunkBytes: 1_048_576 };

type Check = ReturnType<FastifyRequest['compileValidationSchema']>;
type Faults = NonNullable<Check['errors']>;

/** The lines of an NDJSON body, each checked as an item of the JSON form is. */
export async function* groundTruthLines(request: FastifyRequest, body: Readable, closing: AbortSignal): AsyncGenerator<readonly GroundTruthLine[]> {
  const check = request.compileValidationSchema(Item, 'body');
  for await (const lines of readLines(bodyChunks(body, closing), LIMITS)) yield lines.map((line) => itemOf(line, check));
}

function itemOf(given: TextLine, check: Check): GroundTruthLine {
  if ('fault' in given) return given;
  const { line, text } = given;
  try {
    const item = JSON.parse(text) as GroundTruthInput;
    return check(item) ? { line, item } : { line, fault: inWords(check.errors ?? []) };
  } catch {
    return { line, fault: 'the line is not valid JSON' };
  }
}

/** The first fault; that of a field with several types is told by all of them. */
function inWords(faults: Faults): string {
  const last = faults.at(-1);
  const extra: unknown = last?.params['additionalProperty'];
  if (typeof extra === 'string') return `unknown field ${extra}`;
  const field = last?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const several = last?.keyword === 'anyOf' ? faults.slice(0, -1) : faults.slice(-1);
  return `${field === '' ? 'the line' : field} ${[...new Set(several.map(({ message }) => message ?? 'does not fit'))].join(' or ')}`;
}
