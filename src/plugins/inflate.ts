import { promisify } from 'node:util';
import zlib, { type InputType, type ZlibOptions } from 'node:zlib';
import { MetaErrError, messageOf } from '../core/errors.js';

type Inflater = (data: InputType, options: ZlibOptions) => Promise<Buffer>;

const gunzip: Inflater = promisify(zlib.gunzip);
const inflateWrapped: Inflater = promisify(zlib.inflate);
const inflateRaw: Inflater = promisify(zlib.inflateRaw);

/** Each chunk is a trip to the thread pool; the default of 16 KiB makes thousands of them for a large body. */
const CHUNK_BYTES = 256 * 1024;

/** Whether bytes begin with the two of RFC 1950; `deflate` is meant so, but some clients send the bare stream of RFC 1951. */
function isWrapped(body: Uint8Array): boolean {
  const [method = 0, flags = 0] = body;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}

function inflaterOf(encoding: string, body: Uint8Array): Inflater | null {
  if (encoding === 'identity' || encoding === '') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzip;
  if (encoding === 'deflate') return isWrapped(body) ? inflateWrapped : inflateRaw;
  throw new MetaErrError('UNSUPPORTED_MEDIA_TYPE', `The content encoding ${encoding} is not read; send gzip, deflate or none.`);
}

/**
 * The body as it was before its `Content-Encoding`, at most `limit` bytes; inflated in the thread pool.
 * Throws UNSUPPORTED_MEDIA_TYPE for other encodings, PAYLOAD_TOO_LARGE beyond the limit, INVALID_REQUEST for a broken stream.
 */
export async function inflateBody(body: Buffer, contentEncoding: string | undefined, limit: number): Promise<Buffer> {
  const inflate = inflaterOf((contentEncoding ?? '').trim().toLowerCase(), body);
  if (inflate === null || body.length === 0) return body;
  try {
    return await inflate(body, { maxOutputLength: limit, chunkSize: CHUNK_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new MetaErrError('PAYLOAD_TOO_LARGE', `The body is larger than ${limit} bytes when inflated.`, { cause: error });
    }
    throw new MetaErrError('INVALID_REQUEST', `The body is not what its content encoding says: ${messageOf(error)}`, { cause: error });
  }
}
