import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { Form } from '../experts/form.js';
import { mirrorSigns } from '../experts/input-transform.js';
import { vectorForm, type BehaviourLayout, type VectorForm } from '../features/layout.js';
import { sigmoids } from '../linear/numerics.js';
import { scaleToProbabilities, type ScoreScale } from '../linear/soft-targets.js';
import type { UnlabelledRows } from '../training/window.js';
import { CONSENSUS_REACH, REACHES } from '../pretrained/answered-centres.js';
import { columnOf, type ColumnSet } from './column-set.js';
import { learnDirections } from './directions.js';
import { fitOnlyDescription } from './fit-descriptions.js';
import { metricOf, pointsOf } from './fit-metric.js';
import { answer, factsAt, part, type AnsweredRows } from './fit-answered-centres.js';
import { disagreement } from './label-free-consensus.js';
import { emitLabelFreeLogits, emitLabelFreeScore, emitLabelFreeCorrection, type LabelFreeExperts, type LabelFreeParameters } from './label-free-score.js';
import { runStage, type ColumnSets } from './staged-run.js';
import { computeSignals } from './stages.js';
import { MIN_UNLABELLED_ROWS } from './unlabelled.js';

export interface LabelFreeFitOptions {
  readonly behaviour: BehaviourLayout;
  readonly signal?: AbortSignal | undefined;
  /** Told the number of each step before it is taken: preparing, judging the consensus, training it, calibrating. */
  readonly onStep?: ((step: number) => void) | undefined;
}

export interface ExpertsFit {
  readonly experts: LabelFreeExperts;
  /** Share of the newer half of the rows for which the consensus of the older half names another class than the base model. */
  readonly disagreement: number;
}

export interface LabelFreeFit extends Pick<ExpertsFit, 'disagreement'> {
  readonly parameters: LabelFreeParameters;
}

const CHUNK = 512;
/** Of the learned directions in distances: without labels nothing can choose. */
const LEARNED_SHARE = 0.5;
/** Weight of a consensus that always agrees. */
const MOST_WEIGHT = 0.5;
/** Weight of the consensus from which on all is taken of what the pretrained trees say. */
const FULL_TRUST = 0.25;

/**
 * Learns from predictions alone, oldest first. The score is the base model's own (the mean of the logits of confidence and margin) and the margin of
 * base model and consensus together, the more of the latter the more the consensus agrees with predictions that it has not learnt from: one of too few
 * rows a class is not worth more than what it was taught (decision 21). It is scaled to 1 - confidence of the same rows, and corrected by trees that
 * were grown on synthetic tasks (decision 37). Null where there can be no consensus.
 */
export async function fitLabelFreeParameters(unlabelled: UnlabelledRows, vector: VectorForm, options: LabelFreeFitOptions): Promise<LabelFreeFit | null> {
  const fitted = await fitLabelFreeExperts(unlabelled, vector, options);
  if (fitted === null) return null;
  const { experts, disagreement: disagreeing } = fitted;
  options.onStep?.(3);
  return { parameters: { ...experts, scale: await scaleOf(experts, unlabelled, options.signal) }, disagreement: disagreeing };
}

/** The same before it is brought to failure logits: the correction does not need them. */
export async function fitLabelFreeExperts(unlabelled: UnlabelledRows, vector: VectorForm, { behaviour, signal, onStep }: LabelFreeFitOptions): Promise<ExpertsFit | null> {
  const { rows, features } = unlabelled;
  const { inputWidth, width } = vector;
  if (behaviour.kind !== 'classes' || behaviour.classes < 2 || rows < MIN_UNLABELLED_ROWS) return null;
  onStep?.(0);
  const transform = await fitOnlyDescription({ rows, features, ...vectorForm(vector) }, { signal });
  const form: Form = { kind: 'classes', behaviour, inputWidth, width, references: behaviour.classes, temperature: 1 };
  const { transformed, logProbabilities, predicted, figures } = await computeSignals({ rows, width, features }, form, transform, { signal });
  if (transformed === null || logProbabilities === null || predicted === null || figures === null) return null;
  const directions = await learnDirections({ rows, transformed, logProbabilities }, { signal });
  const metric = directions === null ? null : metricOf(directions, LEARNED_SHARE);
  const all: AnsweredRows = { rows, points: await pointsOf(transformed, metric, { signal }), signs: mirrorSigns(transform), logProbabilities, predicted, figures };
  onStep?.(1);
  const middle = Math.floor(rows / 2);
  const newer = part(all, middle, rows);
  const older = await answer(part(all, 0, middle), [REACHES[CONSENSUS_REACH]], { signal });
  const disagreeing = await disagreement(older.classifiers[0]!, newer, { signal });
  const weight = MOST_WEIGHT * Math.max(0, 1 - 2 * disagreeing);
  const facts = await factsAt(newer, older, disagreeing, { signal });
  onStep?.(2);
  const answered = await answer(all, REACHES, { signal });
  return { experts: { form, transform, metric, answered, weight, facts, trust: Math.min(1, weight / FULL_TRUST) }, disagreement: disagreeing };
}

/** Brings the scores of the rows to the level of 1 - confidence. */
async function scaleOf(experts: LabelFreeExperts, rows: UnlabelledRows, signal: AbortSignal | undefined): Promise<ScoreScale> {
  const { score, confidence } = await runOnRows(rows, experts, (graph, features) => {
    const { score: own, confidence: certain } = emitLabelFreeScore(graph, features, experts);
    return { score: own, confidence: certain };
  }, signal);
  return scaleToProbabilities(Float64Array.from(columnOf(score!, 0)), sigmoids(Float64Array.from(columnOf(confidence!, 0))));
}

/** Failure logits of rows. */
export async function labelFreeLogits(rows: UnlabelledRows, parameters: LabelFreeParameters, signal: AbortSignal | undefined): Promise<Float32Array> {
  const { logit } = await runOnRows(rows, parameters, (graph, features) => ({ logit: emitLabelFreeLogits(graph, features, parameters).logit }), signal);
  return columnOf(logit!, 0);
}

/** What shows of rows without a label, and what the pretrained trees add to their failure logits. */
export interface LabelFreeCorrections {
  readonly signals: ColumnSet;
  readonly corrections: Float32Array;
}

/** Of experts that trust the trees. */
export async function labelFreeCorrections(rows: UnlabelledRows, experts: LabelFreeExperts, signal: AbortSignal | undefined): Promise<LabelFreeCorrections> {
  const { signals, correction } = await runOnRows(rows, experts, (graph, features) => ({ ...emitLabelFreeCorrection(graph, features, experts) }), signal);
  return { signals: signals!, corrections: columnOf(correction!, 0) };
}

/** Runs what is emitted from the feature vectors of rows. */
function runOnRows<Out extends string>(
  { rows, features }: UnlabelledRows, { form }: LabelFreeExperts, emit: (graph: GraphBuilder, features: Value) => Readonly<Record<Out, Value | null>>, signal: AbortSignal | undefined,
): Promise<ColumnSets<Out>> {
  return runStage({ rows, chunk: CHUNK, feeds: { features: { width: form.width, data: features } }, emit: (graph, inputs) => emit(graph, inputs.features!) }, { signal });
}
