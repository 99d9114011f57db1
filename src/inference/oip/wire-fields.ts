import type { MetaErrError } from '../../core/errors.js';
import { describeData, plainValue, textOrNumber } from './number-literals.js';

/** Makes the error for a field of the object that is read. */
export type Fault = (field: string, message: string) => MetaErrError;

/** The fields of one object of a request. A field that is null counts as absent: clients write null for what they leave out. */
export class WireFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #fault: Fault;

  /** Throws for a value that is no object. `path` is where the object stands in the request; empty for the request itself. */
  constructor(value: unknown, path: string, fault: Fault) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(path, `expected an object, got ${describeData(value)}`);
    this.#fields = value as Readonly<Record<string, unknown>>;
    this.#path = path;
    this.#fault = fault;
    if (Object.hasOwn(value, '__proto__')) throw this.fault('__proto__', 'this is no name of a field');
  }

  /** The field as it was parsed; undefined when it is absent. */
  value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  /** An object; without it, one without fields. */
  object(name: string): WireFields {
    return new WireFields(this.value(name) ?? {}, this.path(name), this.#fault);
  }

  array(name: string): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.#unexpected(name, 'an array');
  }

  string(name: string): string | undefined {
    const value = plainValue(this.value(name));
    if (value === undefined || typeof value === 'string') return value;
    throw this.#unexpected(name, 'a string');
  }

  /** A string, or a number in the digits that it was written in. */
  textOrNumber(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined) return value;
    const text = textOrNumber(value);
    if (text === null) throw this.#unexpected(name, 'a string or a number');
    return text;
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#unexpected(name, 'true or false');
  }

  /** A non-negative integer. */
  count(name: string): number | undefined {
    const value = plainValue(this.value(name));
    if (value === undefined || isCount(value)) return value;
    throw this.#unexpected(name, 'a non-negative integer');
  }

  fault(name: string, message: string): MetaErrError {
    return this.#fault(this.path(name), message);
  }

  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #unexpected(name: string, expected: string): MetaErrError {
    return this.fault(name, `expected ${expected}, got ${describeData(this.value(name))}`);
  }
}

/** Whether a value is an integer from 0 that a number holds exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
