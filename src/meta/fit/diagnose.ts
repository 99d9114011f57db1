import { orderedColumns } from '../experts/input-transform.js';
import { meanLogLoss } from '../linear/numerics.js';
import type { FittedExperts } from './fit-experts.js';
import type { FittedStack } from './fit-stack.js';
import type { Prepared, RecipeTask } from './recipe-task.js';
import type { FitDiagnostics } from './types.js';

/** What is worth knowing about a fit. */
export function diagnose(task: RecipeTask, { context, parameters }: Prepared, experts: FittedExperts, { stacker, stacked, offset }: FittedStack & { readonly offset: number }): FitDiagnostics {
  const { linear, so, netScale, penalties, names, scores, trees } = experts;
  const lossOf = (logits: Float64Array): number => meanLogLoss(logits, task.window.failures, task.window.weights);
  const named = scores.map((logits, k) => [names[k]!, lossOf(logits)] as const);
  return {
    ...task.counts,
    form: task.labelled.form.kind,
    storedRows: parameters.store?.size ?? 0,
    learnedShare: parameters.metric?.share ?? 0,
    orderedColumns: orderedColumns(parameters.transform),
    unlabelledRows: context?.rows ?? 0,
    logLoss: { ...Object.fromEntries(named), stacked: lossOf(stacked) },
    stacker,
    recentOffset: offset,
    pool: parameters.evidence.pool,
    tau: linear.lr.tau,
    kernelPenalties: penalties,
    treeRounds: trees?.trees.rounds.length ?? 0,
    netSteps: so?.steps ?? null,
    netSlope: netScale?.coefficients[1] ?? null,
    snapshotLosses: so?.losses ?? [],
  };
}
