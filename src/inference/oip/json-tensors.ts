import type { Tensor, TensorInfo } from '../../engine/tensor.js';
import { describeShape } from '../codec/input-error.js';
import { allocateTensor, elementCount } from '../codec/tensor-data.js';
import { EXPECTED, valueWriter } from '../codec/value-writers.js';
import type { ValueWriter } from '../codec/value-writers.js';
import { describeData, OIP_NOTATION } from './number-literals.js';
import { invalidTensor } from './refusals.js';

const EXPECTED_HERE = { ...EXPECTED, int64: 'an integer from -2^63 to 2^63 - 1', uint64: 'an integer from 0 to 2^64 - 1', float64: 'a number', bool: 'true, false, 1 or 0' };

/**
 * Decodes the JSON data of an input of the given shape: flat and row-major, or nested as the shape says. `field` is where the data
 * stands in the request. Throws INVALID_INPUT with the path of the first value that does not fit.
 */
export function decodeJsonData(info: TensorInfo, shape: readonly number[], data: unknown, field: string): Tensor {
  if (info.type === 'float16') throw invalidTensor(info.name, field, 'data: FP16 cannot be sent as JSON; send binary data (parameters.binary_data_size)');
  return new DataReader(info, shape, field).read(data);
}

class DataReader {
  readonly #info: TensorInfo;
  readonly #shape: readonly number[];
  readonly #field: string;
  /** Indices on the way to the array that is being read. */
  readonly #indices: number[] = [];

  constructor(info: TensorInfo, shape: readonly number[], field: string) {
    this.#info = info;
    this.#shape = shape;
    this.#field = field;
  }

  read(data: unknown): Tensor {
    // A scalar nests in no array at all.
    const list = this.#shape.length === 0 && !Array.isArray(data) ? [data] : data;
    if (!Array.isArray(list)) throw this.#fault(`expected an array${this.#ofShape()}, got ${describeData(list)}`);
    const depth = Array.isArray(list[0]) ? Math.max(this.#shape.length - 1, 0) : 0;
    // Every length is checked before memory is taken for the values that the shape promises.
    if (depth > 0) this.#checkLengths(list, 0);
    else if (list.length !== elementCount(this.#shape)) throw this.#fault(`expected ${elementCount(this.#shape)} values${this.#ofShape()}, got ${list.length}`);
    const tensor = allocateTensor(this.#info.type, this.#shape);
    this.#write(list, depth, 0, tensor.data.length, valueWriter(tensor, OIP_NOTATION));
    return tensor;
  }

  #checkLengths(value: unknown, level: number): void {
    const length = this.#shape[level] ?? 0;
    if (!Array.isArray(value)) throw this.#fault(`expected an array of ${length}${this.#ofShape()}, got ${describeData(value)}`);
    if (value.length !== length) throw this.#fault(`expected ${length} elements${this.#ofShape()}, got ${value.length}`);
    if (level + 1 === this.#shape.length) return;
    for (let i = 0; i < length; i++) {
      this.#indices[level] = i;
      this.#checkLengths(value[i], level + 1);
    }
    this.#indices.length = level;
  }

  /** Writes `size` values from `offset` on, which nest `depth` levels below this list. */
  #write(list: readonly unknown[], depth: number, offset: number, size: number, write: ValueWriter): void {
    if (depth === 0) {
      const bad = write(list, offset);
      if (bad === -1) return;
      this.#indices.push(bad);
      throw this.#fault(`expected ${EXPECTED_HERE[this.#info.type]}, got ${describeData(list[bad])}`);
    }
    const part = size / list.length;
    for (let i = 0; i < list.length; i++) {
      this.#indices.push(i);
      this.#write(list[i] as readonly unknown[], depth - 1, offset + i * part, part, write);
      this.#indices.pop();
    }
  }

  #ofShape(): string {
    return ` for shape ${describeShape(this.#shape)}`;
  }

  #fault(message: string): Error {
    const path = this.#indices.map((index) => `[${index}]`).join('');
    return invalidTensor(this.#info.name, `${this.#field}${path}`, `data${path}: ${message}`);
  }
}
