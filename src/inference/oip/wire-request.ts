import { invalidRequest, quoted } from './refusals.js';
import { readWireInput } from './wire-input.js';
import type { WireInput } from './wire-input.js';
import { WireFields } from './wire-fields.js';

/** The JSON of an infer request after a look at its own form; nothing is known of the model yet. */
export interface WireRequest {
  /** The caller's own id; null without one. */
  readonly id: string | null;
  /** Longest wait before the run starts; null leaves it to the model. */
  readonly timeoutMilliseconds: number | null;
  /** Whether outputs are binary unless they say otherwise. */
  readonly binaryOutputs: boolean;
  readonly inputs: readonly WireInput[];
  /** Null when the request names none. */
  readonly outputs: readonly WireOutput[] | null;
}

export interface WireOutput {
  readonly name: string;
  /** Where it stands in the request. */
  readonly path: string;
  /** Null leaves it to the request. */
  readonly binary: boolean | null;
  /** How many of the largest values are asked for instead of the tensor; null for the tensor. */
  readonly classes: number | null;
}

/** Throws INVALID_REQUEST, or INVALID_INPUT that names a tensor. Unknown fields and parameters are ignored. */
export function readWireRequest(json: unknown): WireRequest {
  const fields = new WireFields(json, '', (field, message) => invalidRequest(field === '' ? 'body' : field, message));
  const inputs = fields.array('inputs');
  if (inputs === undefined) throw fields.fault('inputs', 'expected an array of input tensors, got nothing');
  const parameters = fields.object('parameters');
  refuseSequence(parameters);
  const timeout = parameters.count('timeout') ?? 0;
  const outputs = fields.array('outputs') ?? [];
  return {
    id: fields.textOrNumber('id') || null,
    timeoutMilliseconds: timeout === 0 ? null : timeout / 1000,
    binaryOutputs: parameters.boolean('binary_data_output') ?? false,
    inputs: inputs.map(readWireInput),
    outputs: outputs.length === 0 ? null : outputs.map(readWireOutput),
  };
}

/** A request of a sequence counts on state that another request left behind, so it must not be answered without. */
function refuseSequence(parameters: WireFields): void {
  const id = parameters.value('sequence_id');
  if (id !== undefined && id !== 0 && id !== '') throw parameters.fault('sequence_id', 'sequences are not supported: no state is kept between requests');
}

function readWireOutput(value: unknown, index: number): WireOutput {
  const path = `outputs[${index}]`;
  const fields = new WireFields(value, path, invalidRequest);
  const name = fields.string('name');
  if (name === undefined) throw fields.fault('name', 'expected the name of an output, got nothing');
  const parameters = new WireFields(fields.value('parameters') ?? {}, fields.path('parameters'), (field, message) => invalidRequest(field, `output ${quoted(name)}: ${message}`));
  if (parameters.value('shared_memory_region') !== undefined) throw parameters.fault('shared_memory_region', 'shared memory is not supported');
  // 0 is how clients write that no classification is asked for.
  return { name, path, binary: parameters.boolean('binary_data') ?? null, classes: parameters.count('classification') || null };
}
