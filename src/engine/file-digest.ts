import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

async function feed(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) hash.update(chunk as Buffer);
}

/**
 * SHA-256 of a file as 64 hexadecimal digits; of several, the SHA-256 over the first and then, each after its name and size, the others.
 * Read as streams. Rejects with the error of the file system.
 */
export async function sha256OfFile(path: string, others: readonly { readonly name: string; readonly path: string }[] = []): Promise<string> {
  const hash = createHash('sha256');
  await feed(hash, path);
  for (const other of others) {
    const { size } = await stat(other.path);
    hash.update(`\0${other.name}\0${size}\0`);
    await feed(hash, other.path);
  }
  return hash.digest('hex');
}
