import { open } from 'node:fs/promises';
import { messageOf } from '../../core/errors.js';
import { WIRE } from './fields.js';
import { FileWindow } from './file-window.js';
import { writeHeader } from './messages.js';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, SPARSE } from './numbers.js';

/** Which fields of a message are messages that may be large themselves, and how many bytes of its own fields are kept. */
interface Plan {
  readonly inner: ReadonlyMap<number, () => Plan>;
  /** Fields longer than this are left out, unless they are of `inner`. */
  readonly largest: number;
  /** After so many bytes of fields, further ones are left out. */
  readonly budget: number;
  /** Whether nothing that matters comes after the budget is used up. */
  readonly endsAtBudget: boolean;
  /** Fields that are left out whatever their length. */
  readonly without: ReadonlySet<number>;
}

const KIB = 1024;
const MIB = 1024 * KIB;

function plan(inner: readonly (readonly [number, () => Plan])[], limits: Partial<Omit<Plan, 'inner'>> = {}): Plan {
  return { inner: new Map(inner), largest: MIB, budget: Infinity, endsAtBudget: false, without: new Set(), ...limits };
}

/** Names, types and shapes of a tensor are small; its values are kept where they could be a table of class labels. */
const TENSOR_PLAN = plan([], { largest: 64 * KIB, budget: MIB });
const ATTRIBUTE_PLAN: Plan = plan(
  [
    [ATTRIBUTE.tensor, () => TENSOR_PLAN],
    [ATTRIBUTE.tensors, () => TENSOR_PLAN],
    [ATTRIBUTE.graph, () => GRAPH_PLAN],
    [ATTRIBUTE.graphs, () => GRAPH_PLAN],
  ],
  { budget: 4 * MIB, endsAtBudget: true },
);
const SPARSE_PLAN = plan([
  [SPARSE.values, () => TENSOR_PLAN],
  [SPARSE.indices, () => TENSOR_PLAN],
]);
const NODE_PLAN = plan([[NODE.attribute, () => ATTRIBUTE_PLAN]]);
const GRAPH_PLAN: Plan = plan(
  [
    [GRAPH.node, () => NODE_PLAN],
    [GRAPH.initializer, () => TENSOR_PLAN],
    [GRAPH.sparseInitializer, () => SPARSE_PLAN],
  ],
  { without: new Set([GRAPH.valueInfo, GRAPH.docString]) },
);
const FUNCTION_PLAN = plan([[FUNCTION.node, () => NODE_PLAN]]);
const MODEL_PLAN = plan([
  [MODEL.graph, () => GRAPH_PLAN],
  [MODEL.functions, () => FUNCTION_PLAN],
]);

/** Inner messages up to this length are not looked into: they cannot hold anything large. */
const SMALL = 16 * KIB;

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(4 * KIB);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(more: Uint8Array): void {
    const needed = this.#length + more.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.all());
      this.#bytes = grown;
    }
    this.#bytes.set(more, this.#length);
    this.#length = needed;
  }

  all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

interface FieldHead {
  readonly number: number;
  readonly wireType: number;
  /** Where the value begins, and where it ends. */
  readonly valueStart: number;
  readonly end: number;
}

/** Tag and length take at most ten bytes each. */
const LONGEST_HEAD = 20;

function varint(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + 1 };
    scale *= 128;
  }
  throw new Error('a number has no end');
}

function lengthOf(wireType: number, bytes: Uint8Array, from: number): { readonly length: number; readonly next: number } {
  switch (wireType) {
    case WIRE.varint:
      return { length: varint(bytes, from).next - from, next: from };
    case WIRE.fixed64:
      return { length: 8, next: from };
    case WIRE.fixed32:
      return { length: 4, next: from };
    case WIRE.bytes: {
      const { value, next } = varint(bytes, from);
      return { length: value, next };
    }
    default:
      throw new Error(`wire type ${wireType} is not known`);
  }
}

function headOf(bytes: Uint8Array, at: number, end: number): FieldHead {
  const tag = varint(bytes, 0);
  const wireType = tag.value & 7;
  const { length, next } = lengthOf(wireType, bytes, tag.next);
  const head = { number: Math.floor(tag.value / 8), wireType, valueStart: at + next, end: at + next + length };
  if (head.number === 0 || head.end > end) throw new Error('a field reaches beyond its message');
  return head;
}

class StructureReader {
  readonly #window: FileWindow;

  constructor(window: FileWindow) {
    this.#window = window;
  }

  /** The message at [start, end) without its large parts. */
  async read(start: number, end: number, { inner, largest, budget, endsAtBudget, without }: Plan): Promise<Uint8Array> {
    const kept = new Bytes();
    for (let at = start; at < end && !(endsAtBudget && kept.length >= budget); ) {
      const headLength = Math.min(LONGEST_HEAD, end - at);
      const head = headOf(this.#window.seen(at, headLength) ?? (await this.#load(at, headLength)), at, end);
      const length = head.end - head.valueStart;
      const child = head.wireType === WIRE.bytes && length > SMALL ? inner.get(head.number) : undefined;
      if (child !== undefined) {
        const message = await this.read(head.valueStart, head.end, child());
        kept.add(writeHeader(head.number, message.length));
        kept.add(message);
      } else if (length <= largest && kept.length < budget && !without.has(head.number)) {
        const whole = head.end - at;
        kept.add(this.#window.seen(at, whole) ?? (await this.#load(at, whole)));
      }
      at = head.end;
    }
    return kept.all();
  }

  async #load(from: number, length: number): Promise<Uint8Array> {
    await this.#window.move(from, length);
    return this.#window.seen(from, length) ?? new Uint8Array(0);
  }
}

/**
 * The structure of an ONNX file as a smaller model: everything but the values of large tensors, long lists of numbers, and shapes
 * of inner values. Memory and time grow with the number of nodes and tensors, not with their bytes. Rejects with the error of
 * the file system, or when the file is no protobuf message.
 */
export async function readStructure(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const window = new FileWindow(handle, size);
    return await new StructureReader(window).read(0, size, MODEL_PLAN).catch((error: unknown) => {
      throw new Error(`not a valid ONNX model: ${messageOf(error)}`, { cause: error });
    });
  } finally {
    await handle.close();
  }
}
