import type { Tensor, TensorType } from '../tensor.js';

/** A value inside a graph: its name. Branded so that plain text is not taken for one by mistake. */
export type Value = string & { readonly __value: unique symbol };
/** A subgraph, for the bodies of Loop, If and Scan. */
export interface Subgraph {
  readonly graph: Uint8Array;
}
export type AttributeValue = number | bigint | string | readonly number[] | readonly bigint[] | readonly string[] | Tensor | Subgraph | { readonly float: number } | { readonly floats: readonly number[] };
/** Concrete size, the name of a symbolic dimension, or null for unknown. */
export type Dimension = number | string | null;

/**
 * Writes an ONNX graph. Attributes: a number is an INT, `{ float }` is a FLOAT, a number array is INTS, `{ floats }` is
 * FLOATS, a text is a STRING. Every name that the builder makes up starts with the prefix it was given.
 */
export interface GraphBuilder {
  /** `dims` null takes a tensor of any shape. */
  input(name: string, type: TensorType, dims: readonly Dimension[] | null): Value;
  /** A constant, kept as an initializer. */
  constant(tensor: Tensor, hint?: string): Value;
  /** A scalar (rank 0) constant. */
  scalar(type: 'float32' | 'float64' | 'int64' | 'bool', value: number): Value;
  /** Constant vectors of rank 1. */
  ints(values: readonly number[]): Value;
  floats(values: readonly number[] | Float32Array): Value;
  /** Adds a node with one output, which it returns. An empty text as an input is an omitted optional input. */
  node(op: string, inputs: readonly (Value | '')[], attributes?: Readonly<Record<string, AttributeValue>>, domain?: string): Value;
  /** Adds a node with several outputs. */
  nodes(op: string, inputs: readonly (Value | '')[], outputs: number, attributes?: Readonly<Record<string, AttributeValue>>, domain?: string): Value[];
  /** Declares a graph output of this name (an Identity node is added). */
  output(name: string, value: Value, type: TensorType, dims: readonly Dimension[]): void;
  /** A builder for a body; it may refer to values of the outer graph by their Value. */
  subgraph(name: string): GraphBuilder;
  /** The graph as a subgraph attribute. */
  toSubgraph(): Subgraph;
  /** The whole model, serialized; opset 17 of ai.onnx (and ai.onnx.ml 3 when it was used), IR version 8. */
  toModel(metadata?: Readonly<Record<string, string>>): Uint8Array;
}
