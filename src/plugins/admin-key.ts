import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MetaErrError } from '../core/errors.js';

/** Name of the scheme in the OpenAPI document, and in the `security` of the routes that it guards. */
export const ADMIN_KEY_SCHEME = 'adminKey';

type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Asks for the admin key on every route whose schema names its scheme under `security`: `Authorization: Bearer <key>`. Without a key
 * nothing is asked. Register before the routes.
 */
export function useAdminKey(app: FastifyInstance, key: string | null): void {
  if (key === null) return;
  const guard = bearerGuard(key);
  app.addHook('onRoute', (route) => {
    const security = route.schema?.security ?? [];
    if (!security.some((choice) => ADMIN_KEY_SCHEME in choice)) return;
    route.onRequest = [...[route.onRequest ?? []].flat(), guard];
  });
}

/** Lets a request pass that has the key as its bearer token; else ADMIN_KEY_REQUIRED. */
export function bearerGuard(key: string): Guard {
  const isKey = comparison(key);
  return async (request, reply) => {
    if (isKey(bearerOf(request))) return;
    void reply.header('www-authenticate', 'Bearer realm="metaerr"');
    throw refusal();
  };
}

/** As `bearerGuard`, and a browser may send the key as the password of any user (HTTP Basic), for which it is asked. */
export function pageGuard(key: string): Guard {
  const isKey = comparison(key);
  return async (request, reply) => {
    if (isKey(bearerOf(request)) || isKey(passwordOf(request))) return;
    void reply.header('www-authenticate', 'Basic realm="metaerr", charset="UTF-8"');
    throw refusal();
  };
}

/** Compares digests, so that the time taken tells neither how much of a guess is right nor how long the key is. */
function comparison(key: string): (guess: string | null) => boolean {
  const expected = digest(key);
  return (guess) => guess !== null && timingSafeEqual(digest(guess), expected);
}

const digest = (text: string) => createHash('sha256').update(text).digest();

function bearerOf({ headers }: FastifyRequest): string | null {
  return /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim() ?? null;
}

/** The password is all that follows the first colon. */
function passwordOf({ headers }: FastifyRequest): string | null {
  const encoded = /^Basic +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : text.slice(colon + 1);
}

function refusal(): MetaErrError {
  return new MetaErrError('ADMIN_KEY_REQUIRED', 'This route needs the admin key: send Authorization: Bearer <METAERR_ADMIN_KEY>.');
}
