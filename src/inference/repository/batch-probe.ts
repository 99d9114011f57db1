import { messageOf } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import type { Signature, TensorMap } from '../../engine/tensor.js';
import type { Note } from '../config/evidence.js';
import { runSession, type BaseProbe, type Sample } from './base-probe.js';

export interface BatchDecision {
  readonly batched: boolean;
  /** The signature as served: a free dimension 0 that cannot be a batch is fixed at 1. */
  readonly signature: Signature;
}

function outputWithoutRows(outputs: TensorMap, rows: number): string | undefined {
  return Object.keys(outputs).find((name) => outputs[name]?.dims[0] !== rows);
}

/** Why two rows cannot share a run; null when they can. */
async function batchFault(pool: EnginePool, session: string, signature: Signature, sample: Sample): Promise<string | null> {
  try {
    const outputs = await runSession(pool, session, signature, sample(signature, 2));
    const odd = outputWithoutRows(outputs, 2);
    return odd === undefined ? null : `output ${odd} does not hold one entry for each of 2 rows`;
  } catch (error) {
    return `a run of 2 rows failed (${messageOf(error)})`;
  }
}

function withSingleRow(signature: Signature): Signature {
  return { ...signature, inputs: signature.inputs.map((info) => ({ ...info, dims: info.dims.map((dim, axis) => (axis === 0 ? (dim ?? 1) : dim)) })) };
}

/**
 * Whether dimension 0 of every input is the batch: it must be free in the signature, and a run of two rows must answer two.
 * Else the model is run one row at a time.
 */
export async function decideBatching(pool: EnginePool, session: string, signature: Signature, probe: BaseProbe, note: Note): Promise<BatchDecision> {
  const fixed = signature.inputs.find((info) => info.dims[0] !== null);
  if (fixed !== undefined || signature.inputs.length === 0) {
    const shape = fixed?.dims.map((dim) => dim ?? '?').join(', ') ?? '';
    note(`batching: one row a run, because dimension 0 of input ${fixed?.name ?? '(none)'} is no batch: its shape is [${shape}].`);
    return { batched: false, signature };
  }
  if (probe.sample === null) return { batched: true, signature };
  const fault = await batchFault(pool, session, signature, probe.sample);
  if (fault === null) return { batched: true, signature };
  note(`batching: one row a run, although dimension 0 of every input is free: ${fault}.`);
  return { batched: false, signature: withSingleRow(signature) };
}
