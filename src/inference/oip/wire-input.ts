import { invalidRequest, invalidTensor } from './refusals.js';
import { describeData, plainValue } from './number-literals.js';
import { isCount, WireFields } from './wire-fields.js';

/** One input tensor as the request has it: `data` or `binarySize`, never both. */
export interface WireInput {
  readonly name: string;
  /** Where it stands in the request. */
  readonly path: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** The JSON data; undefined when the data is binary. */
  readonly data: unknown;
  /** Bytes of the binary data; null when the data is JSON. */
  readonly binarySize: number | null;
}

/** Largest dimension that the engine takes. */
const MOST_DIMENSION = 2 ** 31 - 1;
/** More dimensions than any tensor has; messages repeat shapes. */
const MOST_RANK = 64;

/** Throws INVALID_INPUT that names the tensor (INVALID_REQUEST when it has no name). */
export function readWireInput(value: unknown, index: number): WireInput {
  const path = `inputs[${index}]`;
  const name = new WireFields(value, path, invalidRequest).string('name');
  if (name === undefined) throw invalidRequest(`${path}.name`, 'expected the name of an input, got nothing');
  const fields = new WireFields(value, path, (field, message) => invalidTensor(name, field, `${field}: ${message}`));
  const datatype = fields.string('datatype');
  if (datatype === undefined) throw fields.fault('datatype', 'expected a datatype, got nothing');
  const parameters = fields.object('parameters');
  if (parameters.value('shared_memory_region') !== undefined) throw parameters.fault('shared_memory_region', 'shared memory is not supported: send the data with the request');
  const data = fields.value('data');
  const binarySize = parameters.count('binary_data_size') ?? null;
  if (data === undefined && binarySize === null) throw fields.fault('data', 'expected data, or parameters.binary_data_size for binary data');
  if (data !== undefined && binarySize !== null) throw fields.fault('data', 'expected either data or parameters.binary_data_size, got both');
  return { name, path, datatype, shape: readShape(fields), data, binarySize };
}

function readShape(fields: WireFields): readonly number[] {
  const shape = fields.array('shape');
  if (shape === undefined) throw fields.fault('shape', 'expected an array of dimensions, got nothing');
  if (shape.length > MOST_RANK) throw fields.fault('shape', `expected at most ${MOST_RANK} dimensions, got ${shape.length}`);
  return shape.map((value, level) => {
    const dim = plainValue(value);
    if (isCount(dim) && dim <= MOST_DIMENSION) return dim;
    throw fields.fault(`shape[${level}]`, `expected an integer from 0 to ${MOST_DIMENSION}, got ${describeData(value)}`);
  });
}
