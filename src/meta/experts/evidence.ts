import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { PoolWeights } from '../linear/multinomial-pool.js';
import type { BehaviourValues } from './behaviour.js';
import type { Form } from './form.js';
import type { NeighbourValues } from './neighbours.js';
import { beside, failureLogit, oneHot, times } from './operators.js';
import { emitPool } from './pool.js';
import { emitStandardizer, type Standardizer } from './standardizer.js';

/** What is fitted before the experts: the pool and how each block of columns is standardized. */
export interface EvidenceFit {
  /** Null in the `outcomes` form. */
  readonly pool: PoolWeights | null;
  readonly centred: Standardizer | null;
  /** Of the five behaviour figures. */
  readonly figures: Standardizer | null;
  readonly affinities: Standardizer;
  readonly spread: Standardizer;
  readonly contrast: Standardizer;
}

/** The columns that the experts read. */
export interface EvidenceValues {
  /** N x 1: the second expert's column: fl of the pooled logits (`classes`), or U_failed - U_ok (`outcomes`). */
  readonly score: Value;
  /** N x m: the small standardized columns of the third expert; null when none varies. */
  readonly summary: Value | null;
  /** N x d: inputs of the second-opinion net; null when there is none. */
  readonly netInputs: Value | null;
  /** N x K: pooled class logits; null in the `outcomes` form. */
  readonly poolLogits: Value | null;
}

/** Inputs of a task without classes that the third expert reads itself, at most. */
const MAX_SUMMARY_INPUTS = 40;
/** The affinities enter the net at half weight. */
const AFFINITY_SCALE = 0.5;

export interface EvidenceInputs {
  readonly form: Form;
  readonly behaviour: BehaviourValues | null;
  readonly neighbours: NeighbourValues;
  /** Xi; null when no input varies. */
  readonly transformed: Value | null;
  readonly transformedWidth: number;
}

/** Emits the experts' columns; the same code writes the training and the serving graph. */
export function emitEvidence(graph: GraphBuilder, inputs: EvidenceInputs, fit: EvidenceFit): EvidenceValues {
  return inputs.form.kind === 'classes' ? ofClasses(graph, inputs, fit) : ofOutcomes(graph, inputs, fit);
}

function ofClasses(graph: GraphBuilder, { form, behaviour, neighbours, transformed }: EvidenceInputs, fit: EvidenceFit): EvidenceValues {
  if (behaviour?.predicted == null || behaviour.logProbabilities === null || fit.pool === null) {
    throw new Error('the classes form needs class probabilities');
  }
  const poolLogits = emitPool(graph, behaviour.logProbabilities, neighbours.affinities, fit.pool);
  const affinities = emitStandardizer(graph, neighbours.affinities, fit.affinities);
  return {
    score: failureLogit(graph, poolLogits, oneHot(graph, behaviour.predicted, form.references)),
    summary: joined(graph, [
      standardized(graph, behaviour.figures, fit.figures),
      emitStandardizer(graph, neighbours.contrast, fit.contrast),
      emitStandardizer(graph, neighbours.spread, fit.spread),
    ]),
    netInputs: joined(graph, [
      standardized(graph, behaviour.centred, fit.centred), transformed, affinities === null ? null : times(graph, affinities, AFFINITY_SCALE),
    ]),
    poolLogits,
  };
}

function ofOutcomes(
  graph: GraphBuilder, { form, behaviour, neighbours, transformed, transformedWidth }: EvidenceInputs, fit: EvidenceFit,
): EvidenceValues {
  const spread = emitStandardizer(graph, neighbours.spread, fit.spread);
  const predicted = behaviour?.predicted ?? null;
  const indicators = predicted === null || form.behaviour.kind === 'none' ? null : oneHot(graph, predicted, form.behaviour.classes);
  const figures = behaviour === null ? null : standardized(graph, behaviour.figures, fit.figures);
  const own = transformedWidth <= MAX_SUMMARY_INPUTS ? transformed : null;
  return {
    score: neighbours.contrast,
    summary: joined(graph, behaviour === null ? [emitStandardizer(graph, neighbours.contrast, fit.contrast), spread, own] : [figures, spread]),
    netInputs: joined(graph, [
      behaviour === null ? null : standardized(graph, behaviour.centred, fit.centred),
      indicators, figures, spread, transformed === null ? null : neighbours.contrast, transformed,
    ]),
    poolLogits: null,
  };
}

/** What a mirror multiplies each of the nets' inputs by, where it multiplies the numbers of Xi by `signs`: the rest of them stay as they are. */
export function netInputSigns({ kind }: Pick<Form, 'kind'>, { affinities }: Pick<EvidenceFit, 'affinities'>, signs: Float32Array | null, width: number): Float32Array | null {
  if (signs === null) return null;
  const after = kind === 'classes' ? affinities.kept.length : 0;
  const all = new Float32Array(width).fill(1);
  all.set(signs, width - after - signs.length);
  return all;
}

function standardized(graph: GraphBuilder, value: Value, standardizer: Standardizer | null): Value | null {
  return standardizer === null ? null : emitStandardizer(graph, value, standardizer);
}

function joined(graph: GraphBuilder, values: readonly (Value | null)[]): Value | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : beside(graph, present);
}
