import type { Tensor, TensorType } from '../tensor.js';
import type { AttributeValue, Dimension, GraphBuilder, Subgraph, Value } from './graph-builder.types.js';
import { encodeAttribute, encodeNode, encodeTensor, encodeValueInfo, message, writeBytes, writeInteger, writeText } from './messages.js';

export type { AttributeValue, Dimension, GraphBuilder, Subgraph, Value } from './graph-builder.types.js';

export interface GraphBuilderOptions {
  /** Begins every name that the builder makes up; default `metaerr_`. */
  readonly prefix?: string;
  /** Version of the default operator set; default 17. */
  readonly opset?: number;
}

/** IR version 8 goes with opset 17 (ONNX 1.12). */
const IR_VERSION = 8;
const ML_DOMAIN = 'ai.onnx.ml';
const ML_OPSET = 3;

/** What a graph and its subgraphs share: one sequence of names, so that an inner name never hides an outer one. */
interface Scope {
  readonly prefix: string;
  readonly opset: number;
  next: number;
  usesMl: boolean;
}

class OnnxGraphBuilder implements GraphBuilder {
  readonly #scope: Scope;
  readonly #name: string;
  readonly #isSubgraph: boolean;
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  readonly #produced = new Set<Value>();

  constructor(scope: Scope, name: string, isSubgraph: boolean) {
    this.#scope = scope;
    this.#name = name;
    this.#isSubgraph = isSubgraph;
  }

  input(name: string, type: TensorType, dims: readonly Dimension[] | null): Value {
    const own = this.#isSubgraph ? this.#fresh(name) : (name as Value);
    this.#inputs.push(encodeValueInfo(own, type, dims));
    return own;
  }

  constant(tensor: Tensor, hint = 'constant'): Value {
    const name = this.#fresh(hint);
    this.#initializers.push(encodeTensor(name, tensor));
    return name;
  }

  scalar(type: 'float32' | 'float64' | 'int64' | 'bool', value: number): Value {
    switch (type) {
      case 'float32':
        return this.constant({ type, dims: [], data: Float32Array.of(value) });
      case 'float64':
        return this.constant({ type, dims: [], data: Float64Array.of(value) });
      case 'int64':
        return this.constant({ type, dims: [], data: BigInt64Array.of(BigInt(value)) });
      case 'bool':
        return this.constant({ type, dims: [], data: Uint8Array.of(value) });
    }
  }

  ints(values: readonly number[]): Value {
    return this.constant({ type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  floats(values: readonly number[] | Float32Array): Value {
    return this.constant({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });
  }

  node(op: string, inputs: readonly (Value | '')[], attributes: Readonly<Record<string, AttributeValue>> = {}, domain = ''): Value {
    const [only] = this.nodes(op, inputs, 1, attributes, domain);
    if (only === undefined) throw new Error('a node has at least one output');
    return only;
  }

  nodes(op: string, inputs: readonly (Value | '')[], outputs: number, attributes: Readonly<Record<string, AttributeValue>> = {}, domain = ''): Value[] {
    const names = Array.from({ length: outputs }, () => this.#fresh(op));
    this.#addNode(op, inputs, names, attributes, domain);
    return names;
  }

  output(name: string, value: Value, type: TensorType, dims: readonly Dimension[]): void {
    // Outputs of a subgraph are told apart by position, so an Identity (a copy in every iteration) is needed only for a value
    // that this graph did not make, or that is an output already.
    if (this.#isSubgraph && this.#produced.delete(value)) {
      this.#outputs.push(encodeValueInfo(value, type, dims));
      return;
    }
    const own = this.#isSubgraph ? this.#fresh(name) : (name as Value);
    this.#addNode('Identity', [value], [own], {}, '');
    this.#outputs.push(encodeValueInfo(own, type, dims));
  }

  subgraph(name: string): GraphBuilder {
    return new OnnxGraphBuilder(this.#scope, name, true);
  }

  toSubgraph(): Subgraph {
    return { graph: this.#encodeGraph() };
  }

  toModel(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const model = message();
    writeInteger(model, 1, IR_VERSION);
    writeText(model, 2, 'metaerr');
    writeBytes(model, 7, this.#encodeGraph());
    writeBytes(model, 8, encodeOpset('', this.#scope.opset));
    if (this.#scope.usesMl) writeBytes(model, 8, encodeOpset(ML_DOMAIN, ML_OPSET));
    for (const [key, text] of Object.entries(metadata)) {
      const entry = message();
      writeText(entry, 1, key);
      writeText(entry, 2, text);
      writeBytes(model, 14, entry.finish());
    }
    return model.finish();
  }

  #fresh(hint: string): Value {
    return `${this.#scope.prefix}${hint}_${this.#scope.next++}` as Value;
  }

  #addNode(op: string, inputs: readonly string[], outputs: readonly Value[], attributes: Readonly<Record<string, AttributeValue>>, domain: string): void {
    for (const output of outputs) this.#produced.add(output);
    const name = `${this.#scope.prefix}node_${this.#scope.next++}`;
    if (domain === ML_DOMAIN) this.#scope.usesMl = true;
    this.#nodes.push(encodeNode({ opType: op, domain, name, inputs, outputs, attributes: Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)) }));
  }

  #encodeGraph(): Uint8Array {
    const graph = message();
    for (const node of this.#nodes) writeBytes(graph, 1, node);
    writeText(graph, 2, this.#name);
    for (const initializer of this.#initializers) writeBytes(graph, 5, initializer);
    for (const input of this.#inputs) writeBytes(graph, 11, input);
    for (const output of this.#outputs) writeBytes(graph, 12, output);
    return graph.finish();
  }
}

function encodeOpset(domain: string, version: number): Uint8Array {
  const opset = message();
  if (domain !== '') writeText(opset, 1, domain);
  writeInteger(opset, 2, version);
  return opset.finish();
}

/** An empty graph to write into. Pure: two builders given the same calls make the same bytes. */
export function createGraphBuilder(options: GraphBuilderOptions = {}): GraphBuilder {
  const scope: Scope = { prefix: options.prefix ?? 'metaerr_', opset: options.opset ?? 17, next: 0, usesMl: false };
  return new OnnxGraphBuilder(scope, 'metaerr', false);
}
