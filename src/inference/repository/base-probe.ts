import { messageOf } from '../../core/errors.js';
import type { EnginePool } from '../../engine/engine.js';
import type { CategoryHint } from '../../engine/onnx/category-hints.js';
import type { Signature, TensorMap } from '../../engine/tensor.js';
import { elementCount } from '../codec/tensor-data.js';
import type { InputShapes, Sizes } from './input-shapes.js';
import { innerSizes, otherSizes } from './inner-sizes.js';
import { putCategories } from './known-categories.js';
import { CALM, ONES, UNIFORM, UNIFORM_AGAIN, WIDE, WORDS, ZEROS, type ValueKind } from './probe-values.js';
import { syntheticTensors } from './synthetic-inputs.js';

/** A run with synthetic inputs that succeeded; outputs as the engine gave them. */
export interface ProbeRun {
  readonly rows: number;
  readonly inputs: TensorMap;
  readonly outputs: TensorMap;
}

export type ProbeOutcome = ProbeRun | { readonly failure: string };

/** Inputs of a shape and kind that the model is known to read. */
export interface Sample {
  /** The fewest rows that work: nearly always one. */
  readonly fewest: number;
  inputs(rows: number): TensorMap;
}

/** What the first runs of a base model with synthetic inputs showed. */
export interface BaseProbe {
  /** Runs of the fewest rows that work, nearly always one, on values of several kinds and on other sizes. */
  readonly runs: readonly ProbeRun[];
  /** Sizes of the dimensions after the first that work. */
  readonly sizes: Sizes;
  /** Values that work and differ from row to row as far as the model allows. */
  readonly values: ValueKind;
}

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

/** Most elements of an input whose size is made up. */
const MOST_ELEMENTS = 4_000_000;

/** Runs a base model on synthetic inputs. */
export class Prober {
  readonly shapes: InputShapes;
  readonly #categories: readonly CategoryHint[];
  readonly #run: (inputs: TensorMap) => Promise<TensorMap>;

  constructor(pool: EnginePool, session: string, signature: Signature, shapes: InputShapes, categories: readonly CategoryHint[]) {
    this.shapes = shapes;
    this.#categories = categories;
    this.#run = (inputs) => runSession(pool, session, signature, inputs);
  }

  /** Inputs whose dimension 0 is the number of rows where it is free. */
  inputs(rows: number, inner: Sizes, values: ValueKind): TensorMap {
    return this.inputsOf((variable) => (this.shapes.rowVariables.has(variable) ? rows : inner(variable)), values);
  }

  inputsOf(sizes: Sizes, values: ValueKind): TensorMap {
    const inputs = syntheticTensors(this.shapes.inputs, (info) => this.shapes.dims(info, sizes), values());
    putCategories(inputs, this.#categories);
    return inputs;
  }

  /** Whether inputs of these sizes are small enough for a trial. */
  isSmall(rows: number, inner: Sizes): boolean {
    const sizes: Sizes = (variable) => (this.shapes.rowVariables.has(variable) ? rows : inner(variable));
    return this.shapes.inputs.every((info) => !info.dims.includes(null) || elementCount(this.shapes.dims(info, sizes)) <= MOST_ELEMENTS);
  }

  async run(inputs: TensorMap, rows: number): Promise<ProbeOutcome> {
    try {
      return { rows, inputs, outputs: await this.#run(inputs) };
    } catch (error) {
      return { failure: messageOf(error) };
    }
  }
}

/** Zeros first, which nearly every model reads. */
const FIRST_KINDS: readonly ValueKind[] = [ZEROS, UNIFORM, ONES];
/** One row, or as many as a model may need that has no batch: a window over time in dimension 0. */
const FIRST_ROWS = [1, 8, 32];

/** Longest search for inputs that work; a large model may fail late in each run. */
const LONGEST_SEARCH_MILLISECONDS = 20_000;

interface FirstSuccess {
  readonly run: ProbeRun;
  readonly sizes: Sizes;
  readonly values: ValueKind;
}

async function firstSuccess(prober: Prober, ways: readonly Sizes[]): Promise<FirstSuccess | { readonly failure: string }> {
  let failure = '';
  const end = performance.now() + LONGEST_SEARCH_MILLISECONDS;
  for (const rows of prober.shapes.rowVariables.size > 0 ? FIRST_ROWS : [1]) {
    for (const sizes of ways.filter((each) => prober.isSmall(rows, each))) {
      for (const values of FIRST_KINDS) {
        const outcome = await prober.run(prober.inputs(rows, sizes, values), rows);
        if (!('failure' in outcome)) return { run: outcome, sizes, values };
        failure ||= outcome.failure;
        if (performance.now() > end) return { failure };
      }
    }
  }
  return { failure };
}

/** Values that differ from row to row as far as a model may allow, the most different first; the last resort is what worked first. */
function variedKinds({ shapes }: Prober): readonly ValueKind[] {
  return shapes.inputs.some(({ type }) => type === 'string') ? [WORDS, UNIFORM_AGAIN, CALM] : [UNIFORM_AGAIN, CALM];
}

/**
 * Runs a base model on zeros, then on random numbers in [0, 1) and in [-8, 8), then on other sizes. Runs that fail after a first
 * success are left out: their values or sizes may lie outside of what the model reads.
 */
export async function probeBase(prober: Prober, knownSizes: ReadonlyMap<string, number>): Promise<BaseProbe | { readonly failure: string }> {
  const first = await firstSuccess(prober, innerSizes(prober.shapes, knownSizes));
  if ('failure' in first) return first;
  const { sizes } = first;
  const { rows } = first.run;
  const runs = [first.run];
  const attempt = async (kind: ValueKind, of = sizes): Promise<boolean> => {
    const outcome = await prober.run(prober.inputs(rows, of, kind), rows);
    if (!('failure' in outcome)) runs.push(outcome);
    return !('failure' in outcome);
  };
  let values = first.values;
  for (const kind of variedKinds(prober)) {
    if (!(await attempt(kind))) continue;
    values = kind;
    break;
  }
  await attempt(WIDE);
  const others = otherSizes(sizes, knownSizes);
  if (prober.shapes.innerVariables.size > 0 && prober.isSmall(rows, others)) await attempt(values, others);
  return { runs, sizes, values };
}
