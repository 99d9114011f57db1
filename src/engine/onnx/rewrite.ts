import { joinInto } from '../../core/join-into.js';
import type { TensorType } from '../tensor.js';
import { bytesOf, fieldsOf, textOf } from './fields.js';
import type { Field } from './fields.js';
import type { Dimension } from './graph-builder.types.js';
import { encodeValueInfo, message, writeBytes, writeHeader, writeText } from './messages.js';
import { readNode } from './model-reader.js';
import type { OnnxNode } from './model-reader.js';
import { GRAPH, MODEL, NODE } from './numbers.js';

/** The declaration of a graph output. */
export interface OutputDeclaration {
  readonly name: string;
  /** Null leaves type and shape to the engine. */
  readonly type: TensorType | null;
  readonly dims: readonly Dimension[] | null;
}

export interface GraphRewrite {
  /** Which nodes of the main graph are left out. */
  readonly dropNode: (node: OnnxNode) => boolean;
  /** Attributes, as AttributeProto messages, that are added to a node of the main graph. */
  readonly moreAttributes?: (node: OnnxNode) => readonly Uint8Array[];
  /** New names of values that only the nodes of the main graph make and read. */
  readonly renamed: ReadonlyMap<string, string>;
  /** What becomes of a graph output. */
  readonly output: (name: string) => 'keep' | readonly OutputDeclaration[];
  /** NodeProto messages that come after all others. */
  readonly nodes: readonly Uint8Array[];
  /** Outputs that come after all others. */
  readonly outputs: readonly OutputDeclaration[];
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

function encodedField(number: number, bytes: Uint8Array): Uint8Array {
  const field = message();
  writeBytes(field, number, bytes);
  return field.finish();
}

function encodedText(number: number, text: string): Uint8Array {
  const field = message();
  writeText(field, number, text);
  return field.finish();
}

function encodedOutput({ name, type, dims }: OutputDeclaration): Uint8Array {
  return encodedField(GRAPH.output, type === null ? encodedText(1, name) : encodeValueInfo(name, type, dims));
}

function outputName(valueInfo: Uint8Array): string {
  for (const field of fieldsOf(valueInfo)) if (field.number === 1) return textOf(valueInfo, field);
  return '';
}

/** A node with other names of inputs and outputs; null when it has none that change. */
function renamedNode(node: Uint8Array, renamed: ReadonlyMap<string, string>): Uint8Array | null {
  const pieces = new Pieces(node);
  let changed = false;
  for (const field of fieldsOf(node)) {
    const name = field.number === NODE.input || field.number === NODE.output ? renamed.get(textOf(node, field)) : undefined;
    if (name === undefined) pieces.keep(field);
    else pieces.add(encodedText(field.number, name));
    changed ||= name !== undefined;
  }
  return changed ? concatenate(pieces.all()) : null;
}

function rewriteNode(field: Field, graph: Uint8Array, { dropNode, renamed, moreAttributes }: GraphRewrite, pieces: Pieces): void {
  const bytes = bytesOf(graph, field);
  const node = readNode(bytes);
  if (dropNode(node)) return;
  const other = renamed.size === 0 ? null : renamedNode(bytes, renamed);
  const attributes = moreAttributes?.(node) ?? [];
  if (other === null && attributes.length === 0) pieces.keep(field);
  else pieces.add(encodedField(GRAPH.node, concatenate([other ?? bytes, ...attributes.map((attribute) => encodedField(NODE.attribute, attribute))])));
}

function rewriteGraph(graph: Uint8Array, rewrite: GraphRewrite): readonly Uint8Array[] {
  const pieces = new Pieces(graph);
  for (const field of fieldsOf(graph)) {
    if (field.number === GRAPH.node) {
      rewriteNode(field, graph, rewrite, pieces);
      continue;
    }
    const decision = field.number === GRAPH.output ? rewrite.output(outputName(bytesOf(graph, field))) : 'keep';
    if (decision === 'keep') pieces.keep(field);
    else for (const declaration of decision) pieces.add(encodedOutput(declaration));
  }
  return pieces.all();
}

/** What is added to a graph: protobuf merges a message that comes twice. */
function addition({ nodes, outputs }: GraphRewrite): readonly Uint8Array[] {
  const more = [...nodes.map((node) => encodedField(GRAPH.node, node)), ...outputs.map(encodedOutput)];
  return more.length === 0 ? [] : [writeHeader(MODEL.graph, lengthOf(more)), ...more];
}

/**
 * The model with other nodes and outputs. Every other field, unknown ones included, stays byte for byte what and where it was.
 * The caller sees to it that no dropped node is needed.
 */
export function rewriteModel(bytes: Uint8Array, rewrite: GraphRewrite): Uint8Array {
  const pieces = new Pieces(bytes);
  for (const field of fieldsOf(bytes)) {
    if (field.number !== MODEL.graph) {
      pieces.keep(field);
      continue;
    }
    const graph = rewriteGraph(bytesOf(bytes, field), rewrite);
    pieces.add(writeHeader(MODEL.graph, lengthOf(graph)));
    for (const piece of graph) pieces.add(piece);
  }
  return concatenate([...pieces.all(), ...addition(rewrite)]);
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  return joinInto(new Uint8Array(lengthOf(pieces)), pieces);
}
