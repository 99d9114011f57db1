import type { FastifyReply, FastifyRequest } from 'fastify';

const PATH = /^\/v2(?:[/?#]|$)/;

/** The content type that the Open Inference Protocol's clients compare with, letter by letter. */
export const PLAIN_JSON = 'application/json';

/** Whether a request is for the Open Inference Protocol, also where no route was found or looked up for it. */
export function isOpenInference(request: FastifyRequest): boolean {
  return PATH.test(request.routeOptions.url ?? request.url);
}

/** Sends JSON without a charset; Fastify adds one to what it serialises itself. */
export function sendPlainJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header('content-type', PLAIN_JSON).send(Buffer.from(JSON.stringify(body)));
}
