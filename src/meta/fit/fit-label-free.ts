import type { Form } from '../experts/form.js';
import { mirrorSigns } from '../experts/input-transform.js';
import { vectorForm, type BehaviourLayout, type VectorForm } from '../features/layout.js';
import { sigmoids } from '../linear/numerics.js';
import { scaleToProbabilities, type ScoreScale } from '../linear/soft-targets.js';
import type { ProgressListener, UnlabelledRows } from '../training/window.js';
import { columnOf, rowsOf } from './column-set.js';
import { fitOnlyDescription } from './fit-descriptions.js';
import { learnDirections } from './directions.js';
import { metricOf, pointsOf } from './fit-metric.js';
import { emitLabelFreeScore, exportLabelFree, type LabelFreeExperts } from './label-free-score.js';
import { consensusOf, disagreement, type MirroredContext } from './label-free-consensus.js';
import { runStage } from './staged-run.js';
import { computeSignals } from './stages.js';
import { MIN_UNLABELLED_ROWS } from './unlabelled.js';

export interface LabelFreeOptions {
  readonly behaviour: BehaviourLayout;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

export interface LabelFreeMetaModel {
  /** One graph: META_GRAPH.input [N, width] -> META_GRAPH.output [N]. */
  readonly onnx: Uint8Array;
  /** Share of the newer half of the rows for which the consensus of the older half names another class than the base model. */
  readonly disagreement: number;
  /** Weight of the consensus in the score: half of what it agrees more than it disagrees. */
  readonly weight: number;
  /** Failure probabilities of the rows. */
  readonly scores: Float64Array;
}

const CHUNK = 512;
/** Of the learned directions in distances: without labels nothing can choose. */
const LEARNED_SHARE = 0.5;
/** Weight of a consensus that always agrees. */
const MOST_WEIGHT = 0.5;
const STEPS = ['preparing', 'judging consensus', 'training consensus', 'calibrating', 'exporting'] as const;

/**
 * Fits a meta-model to predictions alone, none of which has a ground truth, oldest first, and writes it as one graph (decision 21). Its score is the
 * base model's own (the mean of the logits of confidence and margin) and the margin of base model and consensus together, the more of the latter the more
 * the consensus agrees with predictions that it has not learnt from: one of too few rows a class is not worth more than what it was taught.
 * Failure probabilities are scaled to 1 - confidence of the same rows: nothing else is known of the level. Nothing in it is random. Null where
 * there can be no consensus: without a column for each class or input features that vary, or with under 200 rows. Rejects with the signal's reason after an abort.
 */
export async function fitLabelFree(
  unlabelled: UnlabelledRows, vector: VectorForm, options: LabelFreeOptions,
): Promise<LabelFreeMetaModel | null> {
  const { behaviour, signal } = options;
  const { rows, features } = unlabelled;
  const { inputWidth, width } = vector;
  if (behaviour.kind !== 'classes' || behaviour.classes < 2 || rows < MIN_UNLABELLED_ROWS) return null;
  report(options, 0);
  const transform = await fitOnlyDescription({ rows, features, ...vectorForm(vector) }, { signal });
  const form: Form = { kind: 'classes', behaviour, inputWidth, width, references: behaviour.classes, temperature: 1 };
  const { transformed, logProbabilities, predicted } = await computeSignals({ rows, width, features }, form, transform, { signal });
  if (transformed === null || logProbabilities === null || predicted === null) return null;
  const directions = await learnDirections({ rows, transformed, logProbabilities }, { signal });
  const metric = directions === null ? null : metricOf(directions, LEARNED_SHARE);
  const all = { rows, points: await pointsOf(transformed, metric, { signal }), signs: mirrorSigns(transform), logProbabilities, predicted };
  report(options, 1);
  const middle = Math.floor(rows / 2);
  const disagreeing = await disagreement(part(all, 0, middle), part(all, middle, rows), { signal });
  report(options, 2);
  const consensus = await consensusOf(all, { signal });
  report(options, 3);
  const experts = { form, transform, metric, consensus, weight: MOST_WEIGHT * Math.max(0, 1 - 2 * disagreeing) };
  const { scale, scores } = await scaled(experts, unlabelled, signal);
  report(options, 4);
  const onnx = exportLabelFree(experts, scale);
  report(options, STEPS.length);
  return { onnx, disagreement: disagreeing, weight: experts.weight, scores };
}

type Rows = MirroredContext & { readonly predicted: MirroredContext['points'] };

function part({ points, signs, logProbabilities, predicted }: Rows, from: number, to: number): Rows {
  return { rows: to - from, signs, points: rowsOf(points, from, to), logProbabilities: rowsOf(logProbabilities, from, to), predicted: rowsOf(predicted, from, to) };
}

/** Brings the scores of the rows to the level of 1 - confidence. */
async function scaled(
  experts: LabelFreeExperts, { rows, features }: UnlabelledRows, signal: AbortSignal | undefined,
): Promise<{ readonly scale: ScoreScale; readonly scores: Float64Array }> {
  const { score, confidence } = await runStage({
    rows, chunk: CHUNK, feeds: { features: { width: experts.form.width, data: features } },
    emit: (graph, inputs) => emitLabelFreeScore(graph, inputs.features!, experts),
  }, { signal });
  const raw = Float64Array.from(columnOf(score!, 0));
  const scale = scaleToProbabilities(raw, sigmoids(Float64Array.from(columnOf(confidence!, 0))));
  return { scale, scores: sigmoids(raw.map((value) => scale.intercept + scale.slope * value)) };
}

function report({ signal, onProgress }: LabelFreeOptions, done: number): void {
  signal?.throwIfAborted();
  onProgress?.({ step: STEPS[Math.min(done, STEPS.length - 1)]!, done, total: STEPS.length });
}
