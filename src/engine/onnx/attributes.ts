import type { Tensor } from '../tensor.js';
import { appendFloats, appendIntegers, bytesOf, fieldsOf, floatOf, integerOf, textOf } from './fields.js';
import type { Field } from './fields.js';
import { ATTRIBUTE } from './numbers.js';
import { readTensor } from './tensor-reader.js';

/** AttributeProto.AttributeType of single values: a zero or empty one may be left out of the bytes. */
const TYPE = { float: 1n, int: 2n, string: 3n } as const;

/** The attributes of a node, decoded when they are asked for; null where there is none of that name and type. */
export class Attributes {
  readonly #messages: readonly Uint8Array[];
  #byName: ReadonlyMap<string, Uint8Array> | null = null;

  constructor(messages: readonly Uint8Array[]) {
    this.#messages = messages;
  }

  get names(): readonly string[] {
    return [...this.#all().keys()];
  }

  int(name: string): bigint | null {
    return this.#first(name, ATTRIBUTE.int, integerOf) ?? this.#implied(name, TYPE.int, 0n);
  }

  float(name: string): number | null {
    return this.#first(name, ATTRIBUTE.float, floatOf) ?? this.#implied(name, TYPE.float, 0);
  }

  string(name: string): string | null {
    return this.#first(name, ATTRIBUTE.string, textOf) ?? this.#implied(name, TYPE.string, '');
  }

  /** A small tensor; its values are copied. Null also when its element type is none of ours. */
  tensor(name: string): Tensor | null {
    return this.#first(name, ATTRIBUTE.tensor, (message, field) => readTensor(bytesOf(message, field)));
  }

  ints(name: string): readonly bigint[] | null {
    return this.#list(name, ATTRIBUTE.ints, appendIntegers);
  }

  floats(name: string): readonly number[] | null {
    return this.#list(name, ATTRIBUTE.floats, appendFloats);
  }

  strings(name: string): readonly string[] | null {
    return this.#list<string>(name, ATTRIBUTE.strings, (message, field, into) => into.push(textOf(message, field)));
  }

  /** The GraphProto messages of every subgraph attribute. */
  subgraphs(): readonly Uint8Array[] {
    const graphs: Uint8Array[] = [];
    for (const message of this.#messages) {
      for (const field of fieldsOf(message)) {
        if (field.number === ATTRIBUTE.graph || field.number === ATTRIBUTE.graphs) graphs.push(bytesOf(message, field));
      }
    }
    return graphs;
  }

  #all(): ReadonlyMap<string, Uint8Array> {
    this.#byName ??= new Map(this.#messages.map((message) => [nameOf(message), message]));
    return this.#byName;
  }

  #first<T>(name: string, number: number, read: (message: Uint8Array, field: Field) => T): T | null {
    const message = this.#all().get(name);
    if (message === undefined) return null;
    for (const field of fieldsOf(message)) if (field.number === number) return read(message, field);
    return null;
  }

  #implied<T>(name: string, type: bigint, empty: T): T | null {
    return this.#first(name, ATTRIBUTE.type, integerOf) === type ? empty : null;
  }

  #list<T>(name: string, number: number, append: (message: Uint8Array, field: Field, into: T[]) => void): readonly T[] | null {
    const message = this.#all().get(name);
    if (message === undefined) return null;
    const values: T[] = [];
    for (const field of fieldsOf(message)) if (field.number === number) append(message, field, values);
    return values.length === 0 ? null : values;
  }
}

function nameOf(message: Uint8Array): string {
  for (const field of fieldsOf(message)) if (field.number === ATTRIBUTE.name) return textOf(message, field);
  return '';
}
