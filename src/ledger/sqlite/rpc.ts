import { MetaErrError, type ErrorCode } from '../../core/errors.js';

/** Synchronous methods over the connection of the SQLite thread, called by name from other threads. */
export type SqliteService = Record<string, (...args: never[]) => unknown>;

/** A service as another thread sees it. */
export type Remote<T> = {
  readonly [M in keyof T]: T[M] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** From the main thread: a call, or the wish to close after all calls before it. */
export type SqliteRequest =
  | { readonly kind: 'call'; readonly id: number; readonly service: string; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'close' };

/** From the SQLite thread. `ready` or `failed` comes once, before anything else. */
export type SqliteResponse =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError };

/** An error as it crosses the thread boundary; `code` is null for a defect. */
export interface WireError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly stack: string | null;
  readonly field: string | null;
  readonly retryAfterSeconds: number | null;
}

export function toWire(thrown: unknown): WireError {
  if (!(thrown instanceof Error)) return { code: null, message: String(thrown), stack: null, field: null, retryAfterSeconds: null };
  const { message, stack = null } = thrown;
  if (!(thrown instanceof MetaErrError)) return { code: null, message, stack, field: null, retryAfterSeconds: null };
  return { code: thrown.code, message, stack, field: thrown.field ?? null, retryAfterSeconds: thrown.retryAfterSeconds ?? null };
}

export function fromWire({ code, message, stack, field, retryAfterSeconds }: WireError): Error {
  const error = code === null
    ? new Error(message)
    : new MetaErrError(code, message, { field: field ?? undefined, retryAfterSeconds: retryAfterSeconds ?? undefined });
  if (stack !== null) error.stack = stack;
  return error;
}

/** Buffers of a reply that need no copy: typed arrays that span theirs, at the top of the value or one level below. */
export function transferables(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (candidate: unknown): void => {
    if (!ArrayBuffer.isView(candidate)) return;
    const { buffer } = candidate;
    if (buffer instanceof ArrayBuffer && candidate.byteLength === buffer.byteLength) found.add(buffer);
  };
  look(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) Object.values(value).forEach(look);
  return [...found];
}
