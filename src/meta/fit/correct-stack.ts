import { fitCorrectedStack } from '../experts/linear-experts.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import { emitCorrection, pretrainedTrees } from '../pretrained/pretrained-trees.js';
import { meanLogLoss } from '../linear/numerics.js';
import { singleColumn, type ColumnSet } from './column-set.js';
import type { FittedExperts } from './fit-experts.js';
import type { FittedStack } from './fit-stack.js';
import type { RecipeTask } from './recipe-task.js';
import { emitStackedColumns, READ_EXPERTS } from './stacked-columns.js';
import { stackedFacts } from './stacked-facts.js';
import { runStage } from './staged-run.js';
import type { ExpertName } from './types.js';

/** What corrects the experts' word: the trees by these facts, and how much is taken of them. */
export interface StackCorrection {
  readonly facts: Float32Array;
  readonly linear: CrossFit;
}

const CHUNK = 1024;

/**
 * Corrects what the experts say together by trees that were grown on synthetic tasks (decision 38): how to read experts that agree or disagree, beside
 * how many labels and failures they had, was learnt there and not from these labels, so that out of fold stays out of fold. How much is taken of them
 * these labels say. Null where nothing is corrected.
 */
export async function correctStack(task: RecipeTask, experts: FittedExperts, stack: FittedStack): Promise<StackCorrection | null> {
  const { pretrained, names, scores } = experts;
  if (pretrained === null) return null;
  const facts = factsOf(task, experts, stack, pretrained.experts.facts);
  const ofExperts = Object.fromEntries(names.map((name, k) => [name, singleColumn(scores[k]!)])) as Partial<Record<ExpertName, ColumnSet>>;
  const feeds = { ...Object.fromEntries(READ_EXPERTS.map((name) => [name, ofExperts[name] ?? null])), logit: singleColumn(stack.stacked), signals: pretrained.signals };
  const { correction } = await runStage<string, 'correction'>({
    rows: task.window.rows, chunk: CHUNK, feeds,
    emit: (graph, inputs) => {
      const there = READ_EXPERTS.flatMap((name) => (inputs[name] === null ? [] : [[name, inputs[name]!] as const]));
      const columns = emitStackedColumns(graph, { logit: inputs['logit']!, experts: Object.fromEntries(there), signals: inputs['signals']! });
      return { correction: emitCorrection(graph, columns, facts, pretrainedTrees('stacked')) };
    },
  }, { signal: task.options.signal });
  return { facts, linear: fitCorrectedStack(task.window, singleColumn(stack.stacked), correction!, task.divisions) };
}

function factsOf({ window: { rows, failures, weights }, labelled: { form }, counts }: RecipeTask, { names, scores }: FittedExperts, { stacker, stacked }: FittedStack, labelFree: Float32Array): Float32Array {
  const lossOf = (logits: Float64Array): number => meanLogLoss(logits, failures, weights);
  const ofEach = (value: (k: number) => number) => Object.fromEntries(names.map((name, k) => [name, value(k)])) as Partial<Record<ExpertName, number>>;
  return stackedFacts({
    rows, failures: counts.failures, classes: form.references, stackedLoss: lossOf(stacked),
    losses: ofEach((k) => lossOf(scores[k]!)), weights: ofEach((k) => stacker.weights[k]!), intercept: stacker.intercept, labelFree,
  });
}
