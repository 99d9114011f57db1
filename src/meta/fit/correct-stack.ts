import { emitCorrection, pretrainedTrees } from '../pretrained/pretrained-trees.js';
import { meanLogLoss } from '../linear/numerics.js';
import { columnOf, singleColumn, type ColumnSet } from './column-set.js';
import type { FittedExperts } from './fit-experts.js';
import type { FittedStack } from './fit-stack.js';
import type { RecipeTask } from './recipe-task.js';
import { emitStackedColumns, READ_EXPERTS } from './stacked-columns.js';
import { stackedFacts } from './stacked-facts.js';
import { runStage } from './staged-run.js';
import type { ExpertName } from './types.js';

/** What the experts say together, corrected. */
export interface CorrectedStack {
  /** Null where nothing is corrected. */
  readonly facts: Float32Array | null;
  /** Out-of-fold failure logits. */
  readonly stacked: Float64Array;
}

const CHUNK = 1024;

/**
 * Corrects what the experts say together by trees that were grown on synthetic tasks (decision 38): how to read experts that agree or disagree, beside
 * how many labels and failures they had, was learnt there and not from these labels, so that out of fold stays out of fold.
 */
export async function correctStack(task: RecipeTask, experts: FittedExperts, stack: FittedStack): Promise<CorrectedStack> {
  const { pretrained, names, scores } = experts;
  if (pretrained === null) return { facts: null, stacked: stack.stacked };
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
  const added = columnOf(correction!, 0);
  return { facts, stacked: stack.stacked.map((logit, row) => logit + added[row]!) };
}

function factsOf({ window: { rows, failures, weights }, labelled: { form }, counts }: RecipeTask, { names, scores }: FittedExperts, { stacker, stacked }: FittedStack, labelFree: Float32Array): Float32Array {
  const lossOf = (logits: Float64Array): number => meanLogLoss(logits, failures, weights);
  const ofEach = (value: (k: number) => number) => Object.fromEntries(names.map((name, k) => [name, value(k)])) as Partial<Record<ExpertName, number>>;
  return stackedFacts({
    rows, failures: counts.failures, classes: form.references, stackedLoss: lossOf(stacked),
    losses: ofEach((k) => lossOf(scores[k]!)), weights: ofEach((k) => stacker.weights[k]!), intercept: stacker.intercept, labelFree,
  });
}
