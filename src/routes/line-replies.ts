import { addAbortSignal, Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { replies } from './schemas.js';

const NDJSON = 'application/x-ndjson';

/** What a reply of lines is. */
export interface LineReply {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** What the lines say, and some of them. */
  readonly lines: { readonly description: string; readonly examples: string[] };
}

/** The replies of a route that sends NDJSON. As wide as this, since the type of a reply would be that of its text. */
export function lineReplies({ lines, ...reply }: LineReply): Record<number, unknown> {
  return { ...replies(200, Type.Unknown(), 400, 404, 503), 200: { ...reply, content: { [NDJSON]: { schema: Type.String(lines) } } } };
}

/** Sends texts as they come; when the signal is aborted, the reply breaks off. */
export function sendLines(reply: FastifyReply, texts: Iterable<string> | AsyncIterable<string>, signal: AbortSignal) {
  return reply.type(NDJSON).send(addAbortSignal(signal, Readable.from(texts, { objectMode: false })));
}
