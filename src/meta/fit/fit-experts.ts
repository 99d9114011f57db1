import { netInputSigns } from '../experts/evidence.js';
import { mirrorSigns } from '../experts/input-transform.js';
import { fitAnchor, fitNearest, fitSummary, type LinearExpertData, type LinearExperts } from '../experts/linear-experts.js';
import { netPlan } from '../experts/net-plan.js';
import { fitSecondOpinion, type SecondOpinion } from '../experts/second-opinion.js';
import type { RidgeHooks } from '../kernel/ridge.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { integersOf } from './column-set.js';
import { fitOutcomeKernel, type OutcomeKernel } from './fit-outcome-kernel.js';
import { kernelDataOf } from './kernel-data.js';
import { fitErrorKernel, type ErrorKernel } from './fit-error-kernel.js';
import type { OutcomePoints } from './fit-value-kernel.js';
import { fitPretrained, type PretrainedExpert } from './fit-pretrained.js';
import { fitKernelExperts, type KernelExpert } from './kernel-experts.js';
import { fitTrees, type TreesExpert } from './fit-trees.js';
import { linearData } from './linear-data.js';
import { scaleNets } from './scale-nets.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import type { ExpertName } from './types.js';

/** What the experts are called where people follow a training. */
const WORDS: Readonly<Record<ExpertName, string>> = {
  anchor: 'anchor', nn: 'nearest class', lr: 'logistic regression', so: 'second opinion', kernel: 'kernel regression', joint: 'kernel regression with probabilities', consensus: 'consensus', pretrained: 'pretrained trees', trees: 'boosted trees', error: 'kernel regression of errors',
};

const stepOf = (name: ExpertName): string => `training ${WORDS[name]}`;

/** An expert that the stacker weighs. */
interface Weighed {
  readonly name: ExpertName;
  readonly outOfFold: Float64Array;
}

/** The experts of a fit. */
export interface FittedExperts {
  readonly linear: LinearExperts;
  /** Null where a net has nothing to read: the second expert stands in. */
  readonly so: SecondOpinion | null;
  /** Re-scales the nets' failure logit; null: it is taken as it is. */
  readonly netScale: CrossFit | null;
  readonly kernels: readonly KernelExpert[];
  readonly outcomeKernel: OutcomeKernel | null;
  readonly errorKernel: ErrorKernel | null;
  /** Null where no prediction is without a ground truth. */
  readonly pretrained: PretrainedExpert | null;
  /** Null where they have no say. */
  readonly trees: TreesExpert | null;
  /** Of the kernel regressions. */
  readonly penalties: readonly number[];
  /** Whether the anchor tells one prediction from another. */
  readonly isAnchored: boolean;
  /** Those that there are, in the order of EXPERTS, and their out-of-fold failure logits. */
  readonly names: readonly ExpertName[];
  readonly scores: readonly Float64Array[];
}

export async function fitExperts(task: RecipeTask, prepared: Prepared): Promise<FittedExperts> {
  const data = linearData(task, prepared);
  const linear = fitLinear(task, data);
  const so = await fitNets(task, prepared, linear);
  const kernels = await fitKernels(task, prepared, data);
  const outcomeKernel = await fitOutcomes(task, prepared, data);
  const errorKernel = await fitErrors(task, prepared, data);
  const pretrained = await correctConsensus(task, kernels);
  const regressions = [...kernels, ...(outcomeKernel === null ? [] : [{ name: 'kernel' as const, ...outcomeKernel }])];
  const { anchor, nn, lr } = linear;
  const others = [anchor, nn, lr, ...(so === null ? [] : [so]), ...regressions.map(({ linear: fit }) => fit), ...(errorKernel === null ? [] : [errorKernel.linear]), ...(pretrained === null ? [] : [pretrained.linear])];
  const trees = await fitTrees(task, prepared, data, others, hooksOf(task, 'trees'));
  const learned: readonly Weighed[] = [
    ...regressions.map(({ name, linear: fit }) => ({ name, ...fit })),
    ...(pretrained === null ? [] : [{ name: 'pretrained' as const, ...pretrained.linear }]),
    ...(trees === null ? [] : [{ name: 'trees' as const, ...trees.linear }]),
    ...(errorKernel === null ? [] : [{ name: 'error' as const, ...errorKernel.linear }]),
  ];
  const netScale = so === null ? null : fitNetScale(task, so, anchor, [nn, lr, ...learned]);
  const weighed: readonly Weighed[] = [{ name: 'anchor', ...anchor }, { name: 'nn', ...nn }, { name: 'lr', ...lr }, { name: 'so', ...(netScale ?? so ?? nn) }, ...learned];
  return {
    linear, so, netScale, kernels, outcomeKernel, errorKernel, pretrained, trees, penalties: [...regressions, ...(errorKernel === null ? [] : [errorKernel])].map(({ penalty }) => penalty), isAnchored: data.anchor !== null,
    names: weighed.map(({ name }) => name), scores: weighed.map(({ outOfFold }) => outOfFold),
  };
}

function fitLinear(task: RecipeTask, data: LinearExpertData): LinearExperts {
  const { divisions } = task;
  const expert = <T>(name: ExpertName, fit: () => T): T => {
    report(task, stepOf(name), 0, 1);
    return fit();
  };
  return {
    anchor: expert('anchor', () => fitAnchor(data, divisions)),
    nn: expert('nn', () => fitNearest(data, divisions)),
    lr: expert('lr', () => fitSummary(data, divisions)),
  };
}

async function fitNets(task: RecipeTask, { signals, evidence, parameters }: Prepared, linear: LinearExperts): Promise<SecondOpinion | null> {
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
    signs: netInputSigns(form, parameters.evidence, mirrorSigns(parameters.transform), inputs.width),
  }, divisions, netPlan(participating), options.seed, {
    onProgress: (done, total) => report(task, stepOf('so'), done, total),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Where true classes are known; in the form without them it was not measured. */
function fitNetScale({ window, labelled: { form }, divisions }: RecipeTask, so: SecondOpinion, anchor: CrossFit, others: readonly Pick<CrossFit, 'outOfFold'>[]): CrossFit | null {
  if (form.kind !== 'classes') return null;
  return scaleNets(so.outOfFold, { anchor: anchor.outOfFold, others: others.map(({ outOfFold }) => outOfFold) }, window, divisions);
}

/** The experts that need true classes and input features; none where either is missing. */
async function fitKernels(task: RecipeTask, prepared: Prepared, data: LinearExpertData): Promise<readonly KernelExpert[]> {
  const kernelData = kernelDataOf(task, prepared);
  if (kernelData === null) return [];
  return fitKernelExperts(kernelData, prepared.context, data, task.divisions, (name) => hooksOf(task, name));
}

async function correctConsensus(task: RecipeTask, kernels: readonly KernelExpert[]): Promise<PretrainedExpert | null> {
  const consensus = kernels.find(({ name }) => name === 'consensus');
  return consensus === undefined ? null : fitPretrained(task, consensus.linear.outOfFold, hooksOf(task, 'pretrained'));
}

/** The kernel expert of a form without classes; null in the other form and where there are no input features. */
async function fitOutcomes(task: RecipeTask, prepared: Prepared, data: LinearExpertData): Promise<OutcomeKernel | null> {
  const place = outcomePoints(task, prepared);
  return place === null ? null : fitOutcomeKernel(place, data, task.divisions, hooksOf(task, 'kernel'));
}

/** The kernel expert of a regression; null for other tasks. */
async function fitErrors(task: RecipeTask, prepared: Prepared, data: LinearExpertData): Promise<ErrorKernel | null> {
  const place = outcomePoints(task, prepared);
  const { errors } = task.window;
  return place === null || errors === undefined ? null : fitErrorKernel(errors, place, data, task.divisions, hooksOf(task, 'error'));
}

function outcomePoints({ labelled: { form } }: RecipeTask, { points, parameters: { transform } }: Prepared): OutcomePoints | null {
  return form.kind === 'classes' || points === null ? null : { points, signs: mirrorSigns(transform) };
}

function hooksOf(task: RecipeTask, name: ExpertName): RidgeHooks {
  return { signal: task.options.signal, onProgress: (done, total) => report(task, stepOf(name), done, total) };
}
