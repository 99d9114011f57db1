import type { FileHandle } from 'node:fs/promises';

const WINDOW = 64 * 1024;

/** A file seen through a buffer that moves: small reads near each other cost one system call together. */
export class FileWindow {
  readonly size: number;
  readonly #handle: FileHandle;
  #buffer = new Uint8Array(0);
  #from = 0;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** The bytes [from, from + length) where the window holds them, as a view that the next move makes stale; else null. */
  seen(from: number, length: number): Uint8Array | null {
    const offset = from - this.#from;
    if (offset < 0 || offset + length > this.#buffer.length) return null;
    return this.#buffer.subarray(offset, offset + length);
  }

  /** Moves the window to begin at `from` and hold `length` bytes or more. Rejects where the file ends before. */
  async move(from: number, length: number): Promise<void> {
    if (from + length > this.size) throw new Error('it ends too early');
    const buffer = new Uint8Array(Math.min(this.size - from, Math.max(length, WINDOW)));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, from + filled);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      filled += bytesRead;
    }
    this.#buffer = buffer;
    this.#from = from;
  }
}
