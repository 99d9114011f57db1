import { messageOf } from '../../core/errors.js';
import type { Tensor } from '../tensor.js';
import { Attributes } from './attributes.js';
import { bytesOf, fieldsOf, integerOf, textOf } from './fields.js';
import { ENTRY, GRAPH, MODEL, NODE, OPSET } from './numbers.js';
import { readTensor, tensorDims, tensorName } from './tensor-reader.js';
import { readValueInfo } from './value-info.js';
import type { ValueInfo } from './value-info.js';

export interface OnnxNode {
  readonly opType: string;
  /** The empty text is ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** An empty text is an omitted optional input or output. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface OnnxGraph {
  /** Declared inputs without those that an initializer gives a default. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly OnnxNode[];
  readonly initializerNames: ReadonlySet<string>;
  /** The values of a small initializer, copied; null when there is none of that name or it cannot be read. */
  initializer(name: string): Tensor | null;
  /** The dimensions of an initializer of any size; null when there is none of that name. */
  initializerDims(name: string): readonly number[] | null;
}

export interface OnnxModel extends OnnxGraph {
  readonly irVersion: number;
  /** Name of the exporter. */
  readonly producer: string;
  /** Operator sets by domain; the empty text is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The exporter's own key-value pairs. */
  readonly metadata: ReadonlyMap<string, string>;
}

export function readNode(message: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Uint8Array[] = [];
  let opType = '';
  let domain = '';
  let name = '';
  for (const field of fieldsOf(message)) {
    if (field.number === NODE.input) inputs.push(textOf(message, field));
    else if (field.number === NODE.output) outputs.push(textOf(message, field));
    else if (field.number === NODE.name) name = textOf(message, field);
    else if (field.number === NODE.opType) opType = textOf(message, field);
    else if (field.number === NODE.attribute) attributes.push(bytesOf(message, field));
    else if (field.number === NODE.domain) domain = textOf(message, field);
  }
  return { opType, domain: domain === 'ai.onnx' ? '' : domain, name, inputs, outputs, attributes: new Attributes(attributes) };
}

/** Reads a GraphProto. Views of the bytes are kept; the values of initializers are neither decoded nor copied. */
export function readGraph(...messages: readonly Uint8Array[]): OnnxGraph {
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Uint8Array>();
  for (const message of messages) {
    for (const field of fieldsOf(message)) {
      const bytes = bytesOf(message, field);
      if (field.number === GRAPH.node) nodes.push(readNode(bytes));
      else if (field.number === GRAPH.initializer) initializers.set(tensorName(bytes), bytes);
      else if (field.number === GRAPH.input) inputs.push(readValueInfo(bytes));
      else if (field.number === GRAPH.output) outputs.push(readValueInfo(bytes));
    }
  }
  return {
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs,
    nodes,
    initializerNames: new Set(initializers.keys()),
    initializer(name) {
      const bytes = initializers.get(name);
      return bytes === undefined ? null : readTensor(bytes);
    },
    initializerDims(name) {
      const bytes = initializers.get(name);
      return bytes === undefined ? null : tensorDims(bytes);
    },
  };
}

function readOpset(message: Uint8Array): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  for (const field of fieldsOf(message)) {
    if (field.number === OPSET.domain) domain = textOf(message, field);
    else if (field.number === OPSET.version) version = Number(integerOf(message, field));
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

/** A StringStringEntryProto. */
export function readEntry(message: Uint8Array): [key: string, value: string] {
  let key = '';
  let value = '';
  for (const field of fieldsOf(message)) {
    if (field.number === ENTRY.key) key = textOf(message, field);
    else if (field.number === ENTRY.value) value = textOf(message, field);
  }
  return [key, value];
}

function readParts(bytes: Uint8Array): OnnxModel {
  const graphs: Uint8Array[] = [];
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  let irVersion = 0;
  let producer = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === MODEL.irVersion) irVersion = Number(integerOf(bytes, field));
    else if (field.number === MODEL.producerName) producer = textOf(bytes, field);
    else if (field.number === MODEL.opsetImport) opsets.set(...readOpset(bytesOf(bytes, field)));
    else if (field.number === MODEL.metadata) metadata.set(...readEntry(bytesOf(bytes, field)));
    else if (field.number === MODEL.graph) graphs.push(bytesOf(bytes, field));
  }
  if (graphs.length === 0) throw new Error('it has no graph');
  return { irVersion, producer, opsets, metadata, ...readGraph(...graphs) };
}

/**
 * Reads what an ONNX model declares, without onnxruntime. The work grows with the number of nodes and tensors, not with
 * their bytes; views of `bytes` are kept. Throws when the bytes are no ONNX model.
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  try {
    return readParts(bytes);
  } catch (error) {
    throw new Error(`not a valid ONNX model: ${messageOf(error)}`, { cause: error });
  }
}
