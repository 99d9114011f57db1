import { messageOf } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import type { Signature, TensorMap } from '../../engine/tensor.js';
import type { Observation } from '../config/evidence.js';
import { syntheticInputs, uniformNumbers, type SyntheticValues } from './synthetic-inputs.js';

/** Sizes that are tried for dimensions known only at run time: the smallest, a short text, small and usual images. */
const FILLS = [1, 8, 32, 224];

/** Makes inputs of so many rows, of a shape and kind that the model is known to read. */
export type Sample = (signature: Signature, rows: number) => TensorMap;

/** What the first runs of a base model with synthetic inputs showed. */
export type BaseProbe =
  | { readonly observations: readonly Observation[]; readonly sample: Sample; readonly failure: null }
  /** The engine's message when no run succeeded. */
  | { readonly observations: readonly []; readonly sample: null; readonly failure: string };

/** Runs one session on inputs under its own names. Rejects with the engine's message. */
export async function runSession(pool: EnginePool, session: string, signature: Signature, inputs: TensorMap): Promise<TensorMap> {
  const names = signature.outputs.map((info) => info.name);
  const feeds = Object.fromEntries(signature.inputs.map((info) => [info.name, info.name]));
  const fetches = Object.fromEntries(names.map((name) => [name, `output:${name}`]));
  const reply = await pool.run({ steps: [{ session, feeds, fetches, optional: false }], tensors: inputs, fetch: Object.values(fetches) });
  return Object.fromEntries(
    names.flatMap((name) => {
      const tensor = reply.tensors[`output:${name}`];
      return tensor === undefined ? [] : [[name, tensor]];
    }),
  );
}

/** Zeros first, then numbers; `seed` null stands for zeros and empty texts. */
const KINDS: readonly (number | null)[] = [null, 1];

function sampleOf(fill: number, seed: number | null): Sample {
  return (signature, rows) => syntheticInputs(signature, { rows, fill }, seed === null ? null : uniformNumbers(seed));
}

type Run = (inputs: TensorMap) => Promise<Observation>;

interface FirstSuccess {
  readonly fill: number;
  readonly sample: Sample;
  readonly seen: Observation;
}

async function firstSuccess(run: Run, signature: Signature): Promise<FirstSuccess | { readonly failure: string }> {
  const free = signature.inputs.some((info) => info.dims.some((dim, axis) => axis > 0 && dim === null));
  let failure = '';
  for (const fill of free ? FILLS : [1]) {
    for (const seed of KINDS) {
      const sample = sampleOf(fill, seed);
      try {
        return { fill, sample, seen: await run(sample(signature, 1)) };
      } catch (error) {
        failure ||= messageOf(error);
      }
    }
  }
  return { failure };
}

/**
 * Runs a base model on one row of zeros, then on random rows in [0, 1) and in [-8, 8). Runs that fail after a first success
 * are left out: their values may lie outside of what the model reads.
 */
export async function probeBase(pool: EnginePool, session: string, signature: Signature): Promise<BaseProbe> {
  const run: Run = async (inputs) => ({ rows: 1, outputs: await runSession(pool, session, signature, inputs) });
  const first = await firstSuccess(run, signature);
  if ('failure' in first) return { observations: [], sample: null, failure: first.failure };
  const wide = uniformNumbers(3);
  const kinds: SyntheticValues[] = [uniformNumbers(2), () => 16 * wide() - 8];
  const further = await Promise.allSettled(kinds.map((values) => run(syntheticInputs(signature, { rows: 1, fill: first.fill }, values))));
  const seen = further.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return { observations: [first.seen, ...seen], sample: first.sample, failure: null };
}
