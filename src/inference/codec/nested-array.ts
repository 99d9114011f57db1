import type { Tensor, TensorInfo } from '../../engine/tensor.js';
import type { NestedRows } from './body-rows.js';
import { describeShape, describeValue, invalidInput } from './input-error.js';
import { allocateTensor, elementCount } from './tensor-data.js';
import { EXPECTED, valueWriter } from './value-writers.js';
import type { ValueWriter } from './value-writers.js';

/** A tensor of more values is allocated only for rows that are known to have its shape: a short body could ask for gigabytes. */
const UNCHECKED_VALUES = 1 << 20;

/**
 * Decodes the rows of one input, or of one output made elsewhere, into a tensor [rows, ...row shape] in one pass. Dimensions that
 * the signature leaves open are those of row 0. Throws INVALID_INPUT with the path of the first value that does not fit.
 */
export function decodeRows(info: TensorInfo, shape: readonly (number | null)[], rows: NestedRows, role: 'input' | 'output' = 'input'): Tensor {
  const dims = resolveDims(shape, rows);
  if (rows.count * elementCount(dims) > UNCHECKED_VALUES) new RowDecoder(info, dims, rows, () => -1, role).decodeAll(0);
  const tensor = allocateTensor(info.type, [rows.count, ...dims]);
  const write = valueWriter(tensor);
  // A column of plain values is written at once; when one does not fit, the pass over the rows finds it and words the error.
  if (dims.length === 0 && rows.column !== null && write(rows.column, 0) === -1) return tensor;
  new RowDecoder(info, dims, rows, write, role).decodeAll(elementCount(dims));
  return tensor;
}

/** The concrete row shape, open dimensions taken from row 0. What does not fit there is reported by the decoder. */
function resolveDims(shape: readonly (number | null)[], rows: NestedRows): number[] {
  let value = rows.row(0);
  return shape.map((dim) => {
    const length = Array.isArray(value) ? value.length : 1;
    if (dim === null && length === 0) throw invalidInput(rows.path(0), `expected at least one value in every dimension of shape ${describeShape(shape)}`);
    value = Array.isArray(value) ? (value[0] as unknown) : value;
    return dim ?? length;
  });
}

class RowDecoder {
  readonly #info: TensorInfo;
  readonly #role: string;
  readonly #dims: readonly number[];
  /** Values below one element of each dimension. */
  readonly #strides: readonly number[];
  readonly #write: ValueWriter;
  /** Indices on the way to the array that is being read. */
  readonly #indices: number[] = [];
  readonly #rows: NestedRows;
  #row = 0;

  constructor(info: TensorInfo, dims: readonly number[], rows: NestedRows, write: ValueWriter, role: string) {
    this.#info = info;
    this.#role = role;
    this.#dims = dims;
    this.#rows = rows;
    this.#strides = dims.map((_, level) => dims.slice(level + 1).reduce((product, dim) => product * dim, 1));
    this.#write = write;
  }

  /** Gives the values of every row to the writer; `size` is the number of values of a row. */
  decodeAll(size: number): void {
    for (let row = 0; row < this.#rows.count; row++) this.#decode(row, row * size);
  }

  #decode(row: number, offset: number): void {
    this.#row = row;
    this.#indices.length = 0;
    const value = this.#rows.row(row);
    // A row of one number may be written without its brackets.
    const bare = this.#dims.length === 0 || (this.#dims.length === 1 && this.#dims[0] === 1 && !Array.isArray(value));
    if (bare) this.#writeValues([value], offset, false);
    else this.#decodeLevel(value, 0, offset);
  }

  #decodeLevel(value: unknown, level: number, offset: number): void {
    const length = this.#dims[level] ?? 0;
    if (!Array.isArray(value)) throw this.#fault(`expected an array of ${length}${this.#ofShape()}, got ${describeValue(value)}`);
    if (value.length !== length) throw this.#fault(`expected ${length} elements${this.#ofShape()}, got ${value.length}`);
    if (level === this.#dims.length - 1) {
      this.#writeValues(value, offset, true);
      return;
    }
    const stride = this.#strides[level] ?? 1;
    for (let i = 0; i < length; i++) {
      this.#indices[level] = i;
      this.#decodeLevel(value[i], level + 1, offset + i * stride);
    }
    this.#indices.length = level;
  }

  #writeValues(values: readonly unknown[], offset: number, indexed: boolean): void {
    const bad = this.#write(values, offset);
    if (bad === -1) return;
    if (indexed) this.#indices.push(bad);
    throw this.#fault(`expected ${EXPECTED[this.#info.type]}, got ${describeValue(values[bad])}`);
  }

  #ofShape(): string {
    return ` (a row has shape ${describeShape(this.#dims)})`;
  }

  #fault(message: string): Error {
    const path = this.#rows.path(this.#row) + this.#indices.map((index) => `[${index}]`).join('');
    return invalidInput(path, `${this.#role} ${JSON.stringify(this.#info.name)} (${this.#info.type}): ${message}`);
  }
}
