import { MetaErrError } from '../../core/errors.js';

export const HEADER_LENGTH = 'inference-header-content-length';

/**
 * Bytes of the JSON before the binary tensors as the request header says; null without the header.
 * Throws INVALID_REQUEST when it is no non-negative integer.
 */
export function readHeaderLength(header: string | readonly string[] | undefined): number | null {
  if (header === undefined) return null;
  const length = typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : NaN;
  if (Number.isSafeInteger(length)) return length;
  throw new MetaErrError('INVALID_REQUEST', `Inference-Header-Content-Length: expected a non-negative integer, got ${String(header)}`, {
    field: 'Inference-Header-Content-Length',
  });
}
