import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MetaErrError, type HttpErrorCode } from '../core/errors.js';
import { HTTP_STATUS } from './errors.js';

/** An error of a connection before there is a request, as Node.js gives it. */
export interface ConnectionFault extends Error {
  readonly code?: string;
  /** The parser's own words. */
  readonly reason?: string;
}

/** What Node.js itself refuses with another number than 400. */
const CODES: Readonly<Record<string, readonly [HttpErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'The request line and the headers are larger than the limit.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['PAYLOAD_TOO_LARGE', 'The extensions of a chunk are larger than the limit.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_INCOMPLETE', 'The request did not arrive in time.'],
};

/**
 * Answers what never became a request (no HTTP, an unknown method, headers without end) in the form of every error, and closes the
 * connection. No route is known yet, so this is the form under /v2 too. Nothing is written behind a reply that has begun.
 */
export function answerClientError(fault: ConnectionFault, socket: Socket): void {
  if (fault.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable && !hasBegun(socket)) socket.write(replyTo(fault));
  socket.destroy(fault);
}

/** Whether a reply is on its way. Node.js looks at the same field before it answers by itself. */
function hasBegun(socket: Socket): boolean {
  const { _httpMessage: reply } = socket as Socket & { readonly _httpMessage?: ServerResponse | null };
  return reply?.headersSent ?? false;
}

function replyTo({ code: cause = '', reason, message: words }: ConnectionFault): string {
  const [code, message] = CODES[cause] ?? ['INVALID_HTTP', `This is no HTTP request: ${reason ?? words}.`];
  const status = HTTP_STATUS[code];
  const id = randomUUID();
  const body = JSON.stringify({ error: { code, message, request_id: id } });
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}

/** HTTP/1.1 wants a Host. Node.js would refuse a request without one by itself, with an empty body (`requireHostHeader`). */
export function useHostCheck(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined) throw new MetaErrError('INVALID_HTTP', 'A request of HTTP/1.1 needs the header Host.', { field: 'host' });
  });
}
