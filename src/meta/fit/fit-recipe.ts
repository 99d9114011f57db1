import type { LinearWeights } from '../experts/linear-experts.js';
import { sigmoids } from '../linear/numerics.js';
import { correctStack, type StackCorrection } from './correct-stack.js';
import { diagnose } from './diagnose.js';
import { exportMetaModel } from './export.js';
import { fitExperts, type FittedExperts } from './fit-experts.js';
import { fitStack, type FittedStack } from './fit-stack.js';
import { prepare } from './prepare.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';
import type { FittedMetaModel, MetaModelParameters, RecipeParameters } from './types.js';

/** A fitted recipe before it is written as a graph. */
export interface FittedRecipe extends Omit<FittedMetaModel, 'onnx'> {
  readonly parameters: MetaModelParameters;
}

/** Fits the experts, the stacker, its guard and their correction, and exports them. */
export async function fitRecipe(task: RecipeTask): Promise<FittedMetaModel> {
  const { parameters, ...fitted } = await fitRecipeParameters(task);
  report(task, 'exporting', 0, 1);
  const onnx = exportMetaModel(parameters);
  report(task, 'exporting', 1, 1);
  return { onnx, ...fitted };
}

/** The same without the export. */
export async function fitRecipeParameters(task: RecipeTask): Promise<FittedRecipe> {
  const prepared = await prepare(task);
  const experts = await fitExperts(task, prepared);
  report(task, 'stacking', 0, 1);
  const fitted = fitStack(task, prepared, experts);
  const correction = await correctStack(task, experts, fitted);
  const stacked = correction?.linear.outOfFold ?? fitted.stacked;
  if (!stacked.every(Number.isFinite)) throw new Error('the fit gave failure logits that are no numbers');
  report(task, 'stacking', 1, 1);
  const { anchor } = experts.linear;
  return {
    parameters: { form: task.labelled.form, anchor: dense(anchor), recipe: recipeOf(task, prepared, experts, fitted, correction) },
    outOfFold: sigmoids(stacked),
    anchorOutOfFold: sigmoids(anchor.outOfFold),
    diagnostics: diagnose(task, prepared, experts, { ...fitted, stacked }),
  };
}

function recipeOf(task: RecipeTask, prepared: Prepared, { linear, so, netScale, kernels, outcomeKernel, errorKernel, pretrained, trees, names }: FittedExperts, { stacker }: FittedStack, correction: StackCorrection | null): RecipeParameters {
  return {
    ...prepared.parameters, nn: dense(linear.nn), lr: withClasses(linear.lr, task, prepared), nets: so?.weights ?? null, netScale: netScale === null ? null : dense(netScale), names, stacker,
    kernels: kernels.map(({ name, opinion, linear: fit }) => ({ name, opinion, linear: dense(fit) })),
    outcomeKernel: outcomeKernel === null ? null : { regression: outcomeKernel.regression, linear: dense(outcomeKernel.linear) },
    errorKernel: errorKernel === null ? null : { regression: errorKernel.regression, linear: dense(errorKernel.linear) },
    pretrained: pretrained === null ? null : { experts: pretrained.experts, linear: dense(pretrained.linear) },
    trees: trees === null ? null : { ...trees, linear: dense(trees.linear) },
    correction: correction === null ? null : { facts: correction.facts, linear: dense(correction.linear) },
  };
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
