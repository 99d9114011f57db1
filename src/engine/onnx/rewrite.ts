import type { TensorType } from '../tensor.js';
import { bytesOf, fieldsOf, textOf, WIRE } from './fields.js';
import type { Field } from './fields.js';
import type { Dimension } from './graph-builder.types.js';
import { encodeValueInfo, message, writeBytes } from './messages.js';
import { GRAPH, MODEL, readNode } from './model-reader.js';
import type { OnnxNode } from './model-reader.js';

/** The declaration of a graph output that is put in the place of another. */
export interface OutputDeclaration {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly Dimension[];
}

export interface OutputRewrite {
  /** Which nodes of the main graph are left out. */
  readonly dropNode: (node: OnnxNode) => boolean;
  /** What becomes of a graph output. */
  readonly output: (name: string) => OutputDeclaration | 'keep' | 'drop';
}

/** Pieces of a message to be joined: neighbouring ranges of the original become one piece. */
class Pieces {
  readonly #original: Uint8Array;
  readonly #pieces: Uint8Array[] = [];
  #from = 0;
  #to = 0;

  constructor(original: Uint8Array) {
    this.#original = original;
  }

  keep(field: Field): void {
    if (field.start !== this.#to) {
      this.#flush();
      this.#from = field.start;
    }
    this.#to = field.end;
  }

  add(piece: Uint8Array): void {
    const next = this.#to;
    this.#flush();
    this.#from = this.#to = next;
    this.#pieces.push(piece);
  }

  all(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #flush(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#original.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Tag and length before a length-delimited field. */
function fieldHeader(number: number, length: number): Uint8Array {
  return message().uint32((number << 3) | WIRE.bytes).uint32(length).finish();
}

function encodedOutput({ name, type, dims }: OutputDeclaration): Uint8Array {
  const field = message();
  writeBytes(field, GRAPH.output, encodeValueInfo(name, type, dims));
  return field.finish();
}

function outputName(valueInfo: Uint8Array): string {
  for (const field of fieldsOf(valueInfo)) if (field.number === 1) return textOf(valueInfo, field);
  return '';
}

function rewriteGraph(graph: Uint8Array, rewrite: OutputRewrite): readonly Uint8Array[] {
  const pieces = new Pieces(graph);
  for (const field of fieldsOf(graph)) {
    if (field.number === GRAPH.node && rewrite.dropNode(readNode(bytesOf(graph, field)))) continue;
    const decision = field.number === GRAPH.output ? rewrite.output(outputName(bytesOf(graph, field))) : 'keep';
    if (decision === 'keep') pieces.keep(field);
    else if (decision !== 'drop') pieces.add(encodedOutput(decision));
  }
  return pieces.all();
}

/**
 * The model with other graph outputs and without some nodes. Every other field, unknown ones included, stays byte for byte
 * what and where it was. The caller sees to it that no dropped node is needed.
 */
export function rewriteOutputs(bytes: Uint8Array, rewrite: OutputRewrite): Uint8Array {
  const pieces = new Pieces(bytes);
  for (const field of fieldsOf(bytes)) {
    if (field.number !== MODEL.graph) {
      pieces.keep(field);
      continue;
    }
    const graph = rewriteGraph(bytesOf(bytes, field), rewrite);
    pieces.add(fieldHeader(MODEL.graph, lengthOf(graph)));
    for (const piece of graph) pieces.add(piece);
  }
  return concatenate(pieces.all());
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(pieces));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
