import { isUtf8 } from 'node:buffer';

/** Bounds of what is in memory at a time. */
export interface LineLimits {
  /** Bytes of a line; a longer one is told, not kept. */
  readonly lineBytes: number;
  /** Lines in a chunk. */
  readonly chunkLines: number;
  /** Bytes of lines after which a chunk ends. */
  readonly chunkBytes: number;
}

/** A line that is not blank: its number, from 1, and its text or why it has none. */
export type TextLine = { readonly line: number; readonly text: string } | { readonly line: number; readonly fault: string };

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

/** Splits bytes, however they are cut, into lines of UTF-8 text, in chunks. Blank lines are counted and left out, and so is a byte order mark before the first. */
export async function* readLines(source: AsyncIterable<Buffer>, limits: LineLimits): AsyncGenerator<readonly TextLine[]> {
  const splitter = new LineSplitter(limits);
  for await (const bytes of withoutMark(source)) {
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, start);
      splitter.add(bytes.subarray(start, end === -1 ? bytes.length : end));
      if (end === -1) break;
      splitter.endLine();
      start = end + 1;
      if (splitter.full) yield splitter.take();
    }
  }
  splitter.endLine();
  if (!splitter.empty) yield splitter.take();
}

/** The bytes without a byte order mark before them: some writers put one there, and a reader of JSON may pass over it (RFC 8259, section 8.1). */
async function* withoutMark(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const bytes of source) {
    if (head === null) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < BYTE_ORDER_MARK.length && BYTE_ORDER_MARK.indexOf(head) === 0) continue;
    yield head.indexOf(BYTE_ORDER_MARK) === 0 ? head.subarray(BYTE_ORDER_MARK.length) : head;
    head = null;
  }
  if (head !== null) yield head;
}

class LineSplitter {
  readonly #limits: LineLimits;
  /** The line so far, in pieces; given up when it is too long. */
  #pieces: Buffer[] = [];
  #length = 0;
  #number = 0;
  #chunk: TextLine[] = [];
  #chunkBytes = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  get full(): boolean {
    return this.#chunk.length >= this.#limits.chunkLines || this.#chunkBytes >= this.#limits.chunkBytes;
  }

  get empty(): boolean {
    return this.#chunk.length === 0;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > this.#limits.lineBytes) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  endLine(): void {
    this.#number += 1;
    const line = this.#read();
    if (line !== null) this.#chunk.push(line);
    this.#chunkBytes += this.#length;
    this.#pieces = [];
    this.#length = 0;
  }

  take(): readonly TextLine[] {
    const chunk = this.#chunk;
    this.#chunk = [];
    this.#chunkBytes = 0;
    return chunk;
  }

  /** Null for a blank line. */
  #read(): TextLine | null {
    const line = this.#number;
    if (this.#length > this.#limits.lineBytes) return { line, fault: `the line is longer than ${this.#limits.lineBytes} bytes` };
    const [first] = this.#pieces;
    if (first === undefined) return null;
    const bytes = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    if (!isUtf8(bytes)) return { line, fault: 'the line is not UTF-8' };
    const text = bytes.toString();
    return text.trim() === '' ? null : { line, text };
  }
}
