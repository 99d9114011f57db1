import { createHash, type Hash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

const CHUNK_BYTES = 256 * 1024;

/** Always reads into the same buffer: a stream's chunks of a large model would wait for the garbage collector. */
async function feed(hash: Hash, path: string, buffer: Buffer): Promise<void> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/**
 * SHA-256 of a file as 64 hexadecimal digits; of several, the SHA-256 over the first and then, each after its name and size, the others.
 * Read in chunks. Rejects with the error of the file system.
 */
export async function sha256OfFile(path: string, others: readonly { readonly name: string; readonly path: string }[] = []): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  await feed(hash, path, buffer);
  for (const other of others) {
    const { size } = await stat(other.path);
    hash.update(`\0${other.name}\0${size}\0`);
    await feed(hash, other.path, buffer);
  }
  return hash.digest('hex');
}
