import { forgetKey, storedKey } from './admin-key.js';

/** The service, as seen from the page at /ui/: relative, so that a path prefix before both does not matter. */
const BASE = '../';

/** A reply that is no success, in the words of the service. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export function url(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, String(value)]]));
  const text = new URLSearchParams(given).toString();
  return `${BASE}${path}${text === '' ? '' : `?${text}`}`;
}

export const modelPath = (model: string, rest = ''): string => `v1/models/${encodeURIComponent(model)}${rest}`;

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return call<T>('GET', url(path, query), undefined, signal);
}

export function post<T>(path: string, body?: unknown): Promise<T> {
  return call<T>('POST', url(path), body);
}

export function remove<T>(path: string): Promise<T> {
  return call<T>('DELETE', url(path));
}

async function call<T>(method: string, target: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const key = storedKey();
  const headers: Record<string, string> = { accept: 'application/json' };
  if (key !== null) headers['authorization'] = `Bearer ${key}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const init: RequestInit = { method, headers, cache: 'no-store' };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  const reply = await fetch(target, init).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'UNREACHABLE', 'The server does not answer.');
  });
  if (reply.status === 401) forgetKey();
  return readBody<T>(reply);
}

async function readBody<T>(reply: Response): Promise<T> {
  const body = (await reply.json().catch(() => null)) as (T & { error?: { code?: string; message?: string } }) | null;
  if (reply.ok && body !== null) return body;
  throw new ApiError(reply.status, body?.error?.code ?? 'UNREADABLE', body?.error?.message ?? `The server answered ${reply.status}.`);
}

/** What went wrong, in words. */
export const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
