import { HEADER_BYTES, ROW_BYTES } from './layout.js';
import { bytesOf, bytesOrNull, listOf } from './script-reply.js';

/** Numbers in a header and in a row's entry when they are read as 8-byte or 4-byte numbers. */
const HEADER_DOUBLES = HEADER_BYTES / 8;
const HEADER_WORDS = HEADER_BYTES / 4;
const ROW_DOUBLES = ROW_BYTES / 8;
const ROW_WORDS = ROW_BYTES / 4;

/** What the rows of one reply have in common. */
export interface ReplyHead {
  readonly id: string;
  /** Numbers of the model key and of the feature schema. */
  readonly k: number;
  readonly f: number;
  readonly width: number;
  readonly createdAt: number;
}

/** Rows as a script gave them (lua/emit.ts); each column has `count` elements. */
export interface RowPage {
  readonly count: number;
  readonly heads: readonly ReplyHead[];
  /** Index of a row's reply in `heads`. */
  readonly headOf: Uint32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
  readonly tolerances: Float64Array;
  readonly confidences: Float64Array;
  readonly coldStartProbabilities: Float64Array;
  readonly failureProbabilities: Float64Array;
  readonly classes: Int32Array;
  readonly metaVersions: Int32Array;
  readonly reviews: Uint8Array;
  readonly statuses: Uint8Array;
  readonly audits: Uint8Array;
  /** As planned with the reply; see `choiceOf` of truth-decode.ts. */
  readonly choices: Uint16Array;
  readonly labels: readonly (string | null)[];
  /** See truth-decode.ts. */
  readonly states: readonly (Buffer | null)[];
  /** The vectors of all rows behind each other; empty when not asked for. */
  readonly vectors: Float32Array;
  readonly inputs: readonly (string | null)[];
  /** Where to go on, as the script says it; null at the end. */
  readonly next: unknown;
}

/** Decodes what `emitted` of LUA_EMIT gives. Numbers lie in Redis as little-endian, as on all machines that the engine runs on. */
export function decodeRows(reply: unknown): RowPage {
  const [ids, headers, places, entries, labels, states, vectors, inputs, next] = listOf(reply);
  const place = new Uint32Array(aligned(places));
  const entry = aligned(entries);
  const [doubles, words, halves, bytes] = [new Float64Array(entry), new Int32Array(entry), new Uint16Array(entry), new Uint8Array(entry)];
  const count = entry.byteLength / ROW_BYTES;
  return {
    count,
    heads: decodeHeads(listOf(ids).map((id) => bytesOf(id).toString()), aligned(headers)),
    headOf: column(new Uint32Array(count), place, 2, 0),
    rows: column(new Int32Array(count), place, 2, 1),
    values: column(new Float64Array(count), doubles, ROW_DOUBLES, 0),
    tolerances: column(new Float64Array(count), doubles, ROW_DOUBLES, 1),
    confidences: column(new Float64Array(count), doubles, ROW_DOUBLES, 2),
    coldStartProbabilities: column(new Float64Array(count), doubles, ROW_DOUBLES, 3),
    failureProbabilities: column(new Float64Array(count), doubles, ROW_DOUBLES, 4),
    classes: column(new Int32Array(count), words, ROW_WORDS, 10),
    metaVersions: column(new Int32Array(count), words, ROW_WORDS, 11),
    reviews: column(new Uint8Array(count), bytes, ROW_BYTES, 48),
    statuses: column(new Uint8Array(count), bytes, ROW_BYTES, 49),
    audits: column(new Uint8Array(count), bytes, ROW_BYTES, 52),
    choices: column(new Uint16Array(count), halves, ROW_BYTES / 2, 25),
    labels: texts(labels),
    states: bytesOrNull(states),
    vectors: new Float32Array(aligned(vectors)),
    inputs: texts(inputs),
    next,
  };
}

/** The head of a row. */
export function headOfRow(page: RowPage, row: number): ReplyHead {
  const head = page.heads[page.headOf[row] ?? -1];
  if (head === undefined) throw new RangeError(`the page has no reply of row ${row}`);
  return head;
}

/** The doubles of a string of bytes. */
export function doublesOf(bytes: unknown): Float64Array {
  return new Float64Array(aligned(bytes));
}

/** A copy at an address where numbers of every size can be read: replies lie anywhere in the buffer of the connection. */
function aligned(bytes: unknown): ArrayBuffer {
  const source = bytesOf(bytes);
  const copy = new ArrayBuffer(source.byteLength);
  new Uint8Array(copy).set(source);
  return copy;
}

function decodeHeads(ids: readonly string[], headers: ArrayBuffer): ReplyHead[] {
  const [doubles, words] = [new Float64Array(headers), new Uint32Array(headers)];
  return ids.map((id, i) => {
    const at = i * HEADER_WORDS;
    return { id, k: words[at + 2] ?? 0, f: words[at + 3] ?? 0, width: words[at + 4] ?? 0, createdAt: doubles[i * HEADER_DOUBLES + 4] ?? NaN };
  });
}

type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Fills `into` with every `stride`-th number from `first` on. */
function column<T extends Numbers>(into: T, from: Numbers, stride: number, first: number): T {
  for (let i = 0, at = first; i < into.length; i += 1, at += stride) into[i] = from[at] ?? 0;
  return into;
}

function texts(reply: unknown): (string | null)[] {
  return bytesOrNull(reply).map((bytes) => bytes?.toString() ?? null);
}
