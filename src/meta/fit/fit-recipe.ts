import type { LabelledForm } from '../experts/form.js';
import { distanceWidth, type InputTransform } from '../experts/input-transform.js';
import { fitAnchor, fitNearest, fitSummary, type LinearExpertData, type LinearExperts, type LinearWeights } from '../experts/linear-experts.js';
import { netPlan } from '../experts/net-plan.js';
import { buildReferenceStore } from '../experts/reference-store.js';
import { fitSecondOpinion, type SecondOpinion } from '../experts/second-opinion.js';
import type { Division } from '../linear/folds.js';
import { guardPrior } from '../linear/guard.js';
import { meanLogLoss, sigmoids, weightAt } from '../linear/numerics.js';
import { recentOffset } from '../linear/recent-offset.js';
import { fitStacker, type StackerWeights } from '../linear/stacker.js';
import { crossFitStacker } from './cross-fit-stacker.js';
import type { TrainingWindow, UnlabelledRows } from '../training/window.js';
import { columnOf, integersOf } from './column-set.js';
import { exportMetaModel } from './export.js';
import { fitEvidence } from './fit-evidence.js';
import { fitInputTransform } from './fit-input-transform.js';
import type { KernelContext } from './fit-kernel.js';
import { fitOutcomeKernel, type OutcomeKernel } from './fit-outcome-kernel.js';
import { fitKernelExperts, type KernelExpert } from './kernel-experts.js';
import { computeEvidence, computeNeighbours, computeSignals, type Evidence, type Signals } from './stages.js';
import { joinFeatures, usefulUnlabelled } from './unlabelled.js';
import { EXPERTS, type ExpertName, type FitDiagnostics, type FitOptions, type FittedMetaModel, type RecipeParameters } from './types.js';

/** Classes whose shares are watched for a shift, at most. */
const MOST_CLASS_SIGNS = 50;

export interface RecipeTask {
  readonly window: TrainingWindow;
  readonly labelled: LabelledForm;
  readonly divisions: readonly Division[];
  readonly counts: Pick<FitDiagnostics, 'rows' | 'failures' | 'fewerOutcomes'>;
  readonly options: FitOptions;
}

/** What the stages of the fit computed before the experts. */
interface Prepared {
  readonly signals: Signals;
  readonly evidence: Evidence;
  /** Null where no expert learns from predictions without a ground truth. */
  readonly context: KernelContext | null;
  readonly parameters: Pick<RecipeParameters, 'transform' | 'store' | 'evidence'>;
}

/** Fits the experts, the stacker and its guard, and exports them. */
export async function fitRecipe(task: RecipeTask): Promise<FittedMetaModel> {
  const prepared = await prepare(task);
  const data = linearData(task, prepared);
  const linear = fitLinear(task, data);
  const so = await fitNets(task, prepared, linear);
  const kernels = await fitKernels(task, prepared, data);
  const outcomeKernel = await fitOutcomes(task, prepared, data);
  report(task, 'stacking', 0, 1);
  const scores = [linear.anchor.outOfFold, linear.nn.outOfFold, linear.lr.outOfFold, so?.outOfFold ?? linear.nn.outOfFold, ...(outcomeKernel === null ? kernels : [outcomeKernel]).map((kernel) => kernel.linear.outOfFold)];
  const { failures, weights } = task.window;
  const prior = guardPrior(fewerOutcomes(failures, weights), task.window.rows / task.labelled.form.references, scores.length, data.anchor !== null);
  const crossFitted = crossFitStacker(scores, failures, prior, task.divisions, weights);
  const offset = recentOffset({ logits: crossFitted, failures, weights, signs: signsOf(task, prepared) });
  const stacker = shifted(fitStacker(scores, failures, prior, null, weights), offset);
  const stacked = crossFitted.map((logit) => logit + offset);
  report(task, 'stacking', 1, 1);
  report(task, 'exporting', 0, 1);
  const recipe: RecipeParameters = {
    ...prepared.parameters, nn: dense(linear.nn), lr: withClasses(linear.lr, task, prepared), nets: so?.weights ?? null, stacker,
    kernels: kernels.map(({ name, opinion, linear: fit }) => ({ name, opinion, linear: dense(fit) })),
    outcomeKernel: outcomeKernel === null ? null : { regression: outcomeKernel.regression, linear: dense(outcomeKernel.linear) },
  };
  const onnx = exportMetaModel({ form: task.labelled.form, anchor: dense(linear.anchor), recipe });
  report(task, 'exporting', 1, 1);
  return {
    onnx,
    outOfFold: sigmoids(stacked),
    anchorOutOfFold: sigmoids(linear.anchor.outOfFold),
    diagnostics: diagnose(task, recipe, { scores, stacked }, { linear, so, kernels: outcomeKernel === null ? kernels : [outcomeKernel], unlabelledRows: prepared.context?.rows ?? 0, offset }),
  };
}

function report({ options }: RecipeTask, step: string, done: number, total: number): void {
  options.signal?.throwIfAborted();
  options.onProgress?.({ step, done, total });
}

async function prepare(task: RecipeTask): Promise<Prepared> {
  const { window, labelled: { form, labels }, options } = task;
  const hooks = { signal: options.signal };
  const counted = (step: string) => ({ ...hooks, onRows: (done: number, total: number) => report(task, step, done, total) });
  const unlabelled = usefulUnlabelled(window, form, options.unlabelled);
  const transform = await fitInputTransform(joinFeatures(window, unlabelled), hooks);
  const signals = await computeSignals(window, form, transform, counted('preparing'));
  const store = signals.transformed === null ? null : buildReferenceStore(
    signals.transformed.data, signals.transformed.width, distanceWidth(transform), labels, form.references, options.maxStoredRows,
  );
  const neighbours = await computeNeighbours(window.rows, form, signals, transform, store, counted('distances'));
  const evidenceFit = fitEvidence(window.rows, form, labels, signals, neighbours);
  const evidence = await computeEvidence(window.rows, form, signals, neighbours, evidenceFit, hooks);
  const context = unlabelled === null ? null : await contextOf(unlabelled, task, transform);
  return { signals, evidence, context, parameters: { transform, store, evidence: evidenceFit } };
}

/** What the kernel experts read of predictions without a ground truth. */
async function contextOf({ rows, features }: UnlabelledRows, { window: { width }, labelled: { form }, options }: RecipeTask, transform: InputTransform): Promise<KernelContext | null> {
  const { transformed, logProbabilities } = await computeSignals({ rows, width, features }, form, transform, { signal: options.signal });
  return transformed === null || logProbabilities === null ? null : { rows, transformed, logProbabilities };
}

function linearData({ window, labelled: { form } }: RecipeTask, { signals, evidence }: Prepared): LinearExpertData {
  return {
    failures: window.failures, weights: window.weights, anchor: signals.anchor, score: evidence.score!, summary: evidence.summary,
    predicted: signals.predicted === null ? null : integersOf(signals.predicted),
    classes: form.behaviour.kind === 'none' ? 0 : form.behaviour.classes,
    scoreIsLogit: form.kind === 'classes',
  };
}

function fitLinear(task: RecipeTask, data: LinearExpertData): LinearExperts {
  const { divisions } = task;
  const expert = <T>(name: ExpertName, fit: () => T): T => {
    report(task, `training ${name}`, 0, 1);
    return fit();
  };
  return {
    anchor: expert('anchor', () => fitAnchor(data, divisions)),
    nn: expert('nn', () => fitNearest(data, divisions)),
    lr: expert('lr', () => fitSummary(data, divisions)),
  };
}

async function fitNets(task: RecipeTask, { signals, evidence }: Prepared, linear: LinearExperts): Promise<SecondOpinion | null> {
  const { window, labelled: { form, labels }, divisions, options } = task;
  const inputs = evidence.netInputs;
  if (inputs === null) return null;
  const softmax = form.kind === 'classes';
  const participating = labels.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0);
  return fitSecondOpinion({
    task: {
      head: softmax ? 'softmax' : 'sigmoid', inputs: inputs.data, rows: window.rows, width: inputs.width, outputs: softmax ? form.references : 1,
      offsets: softmax ? evidence.poolLogits!.data : Float32Array.from(linear.nn.fitted), targets: labels,
    },
    failures: window.failures,
    weights: window.weights,
    predicted: softmax ? integersOf(signals.predicted!) : null,
  }, divisions, netPlan(participating), options.seed, {
    onProgress: (done, total) => report(task, 'training so', done, total),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** The experts that need true classes and input features; none where either is missing. */
async function fitKernels(task: RecipeTask, { signals, context }: Prepared, data: LinearExpertData): Promise<readonly KernelExpert[]> {
  const { window, labelled: { form, labels }, divisions, options } = task;
  const { transformed, logProbabilities } = signals;
  if (form.kind !== 'classes' || transformed === null || logProbabilities === null || data.predicted === null) return [];
  const kernelData = { rows: window.rows, classes: form.references, transformed, logProbabilities, predicted: data.predicted, labels };
  return fitKernelExperts(kernelData, context, data, divisions, (name) => ({
    signal: options.signal, onProgress: (done, total) => report(task, `training ${name}`, done, total),
  }));
}

/** What shows without a label that rows have changed: the summary columns and the predicted classes. */
function signsOf({ window: { rows } }: RecipeTask, { signals, evidence: { summary } }: Prepared): Float32Array[] {
  const columns = Array.from({ length: summary?.width ?? 0 }, (_, column) => columnOf(summary!, column));
  const predicted = signals.predicted === null ? null : integersOf(signals.predicted);
  const classes = predicted === null ? [] : [...new Set(predicted)].slice(0, MOST_CLASS_SIGNS);
  return [...columns, ...classes.map((wanted) => Float32Array.from({ length: rows }, (_, row) => (predicted![row] === wanted ? 1 : 0)))];
}

function shifted({ intercept, weights }: StackerWeights, offset: number): StackerWeights {
  return { intercept: intercept + offset, weights };
}

/** The kernel expert of a form without classes; null in the other form and where there are no input features. */
async function fitOutcomes(task: RecipeTask, { signals: { transformed } }: Prepared, data: LinearExpertData): Promise<OutcomeKernel | null> {
  const { labelled: { form }, divisions, options } = task;
  if (form.kind === 'classes' || transformed === null) return null;
  return fitOutcomeKernel(transformed, data, divisions, { signal: options.signal, onProgress: (done, total) => report(task, 'training kernel', done, total) });
}

/** The weight of the rarer outcome: what the guard knows. */
function fewerOutcomes(failures: Uint8Array, weights: Float64Array | null): number {
  const sums: [number, number] = [0, 0];
  failures.forEach((failure, i) => (sums[failure === 1 ? 1 : 0] += weightAt(weights, i)));
  return Math.min(...sums);
}

function dense({ coefficients }: { coefficients: Float64Array }): LinearWeights {
  return { coefficients, width: coefficients.length };
}

function withClasses(
  { coefficients }: { coefficients: Float64Array }, { labelled: { form } }: RecipeTask, { signals }: Prepared,
): LinearWeights {
  const classes = signals.predicted === null || form.behaviour.kind === 'none' ? 0 : form.behaviour.classes;
  return { coefficients, width: coefficients.length - classes };
}

function diagnose(
  task: RecipeTask, recipe: RecipeParameters, { scores, stacked }: { readonly scores: readonly Float64Array[]; readonly stacked: Float64Array },
  fits: { readonly linear: LinearExperts; readonly so: SecondOpinion | null; readonly kernels: readonly { readonly penalty: number }[]; readonly unlabelledRows: number; readonly offset: number },
): FitDiagnostics {
  const { linear, so, kernels, unlabelledRows, offset } = fits;
  const lossOf = (logits: Float64Array): number => meanLogLoss(logits, task.window.failures, task.window.weights);
  const named = scores.map((logits, k) => [EXPERTS[k]!, lossOf(logits)] as const);
  return {
    ...task.counts,
    form: task.labelled.form.kind,
    storedRows: recipe.store?.size ?? 0,
    unlabelledRows,
    logLoss: { ...Object.fromEntries(named), stacked: lossOf(stacked) },
    stacker: recipe.stacker,
    recentOffset: offset,
    pool: recipe.evidence.pool,
    tau: linear.lr.tau,
    kernelPenalties: kernels.map(({ penalty }) => penalty),
    netSteps: so?.steps ?? null,
    snapshotLosses: so?.losses ?? [],
  };
}
