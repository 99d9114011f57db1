import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { BASE_ALONE } from '../linear/multinomial-pool.js';
import { meanLogLoss } from '../linear/numerics.js';
import type { CrossFit } from '../linear/out-of-fold.js';
import type { TrainingWindow } from '../training/window.js';
import type { BoostHooks, ClassProblem } from '../trees/boost-classes.js';
import type { ClassTrees } from '../trees/class-trees.js';
import { outcomeCentre, outcomeScores, outcomesOf } from '../trees/outcome-classes.js';
import { boostNewest } from './boost-newest.js';
import { kernelDataOf } from './kernel-data.js';
import { poolOpinion } from './pool-opinion.js';
import type { Prepared, RecipeTask } from './recipe-task.js';
import { seriesViews } from './series-views.js';
import { treePoints, treesOfAll } from './tree-columns.js';
import type { TreesReading } from './types.js';

/** Boosted trees on classes, and the weights of what they say of failures beside the anchor. */
export interface TreesExpert {
  readonly trees: ClassTrees;
  readonly reading: TreesReading;
  readonly linear: CrossFit;
}

/** A tree a class in each round: with more classes a fit takes too long, and each has too few labels. */
const MOST_CLASSES = 20;
/** Newest rows that trees are grown on: six fits are held in memory side by side. */
const MOST_ROWS = 30_000;

/** Of how many columns and of whatever kind, unless they are so many that their principal components are read. */
function isTable({ isUneven, parameters: { transform } }: Prepared): boolean {
  return isUneven || transform.kind === 'standardized';
}

/** With so many failures, and successes, the losses of experts can be compared; with fewer less can be told. */
const ENOUGH_FAILURES = 100;
/** Trees that much worse than the best of the other experts still know something that those do not. */
const WORSE = 0.15;

/** Trees that are further off after the first rounds never came near enough in any table that was looked at (at most from 1.45). */
const HOPELESS = 1.7;

type Judged = Pick<CrossFit, 'outOfFold'>;

/**
 * Whether trees have a say in a table of columns of one kind, by the log losses of all experts out of fold. There others tell most, and where no single
 * column says much, as no pixel of a small picture does, trees would only take from their share.
 */
export function areWorthIt(trees: Judged, others: readonly Judged[], window: Pick<TrainingWindow, 'failures' | 'weights'>): boolean {
  const failed = window.failures.reduce((sum, failure) => sum + failure, 0);
  const certainty = Math.min(1, Math.min(failed, window.failures.length - failed) / ENOUGH_FAILURES);
  return lossByBest(trees, others, window) <= 1 + WORSE * certainty;
}

/** Out-of-fold log loss by the least of the others. */
function lossByBest(trees: Judged, others: readonly Judged[], { failures, weights }: Pick<TrainingWindow, 'failures' | 'weights'>): number {
  const lossOf = ({ outOfFold }: Judged): number => meanLogLoss(outOfFold, failures, weights);
  return lossOf(trees) / Math.min(...others.map(lossOf));
}

/** What the trees are to tell apart, and what it says of failures: the logits of all rows, out of fold. */
interface Question extends Pick<ClassProblem, 'classes' | 'labels' | 'predicted'> {
  answer(heldOut: Float32Array): { readonly reading: TreesReading; readonly scores: Float32Array };
}

/** The true class, pooled with the base model's probabilities; else what became of the prediction. */
function questionOf(task: RecipeTask, prepared: Prepared): Question | null {
  if (task.labelled.form.kind === 'outcomes') {
    const outcomes = outcomesOf(task.window);
    const centre = outcomeCentre(outcomes);
    return { ...outcomes, predicted: new Int32Array(outcomes.labels.length), answer: (heldOut) => ({ reading: { centre }, scores: outcomeScores(heldOut, outcomes.classes, centre) }) };
  }
  const data = kernelDataOf(task, prepared);
  if (data === null) return null;
  const answer = (heldOut: Float32Array): ReturnType<Question['answer']> => {
    const { pool, scores } = poolOpinion(data, heldOut, BASE_ALONE);
    return { reading: { pool }, scores };
  };
  return { classes: data.classes, labels: data.labels, predicted: data.predicted, answer };
}

/**
 * The expert of tables (decisions 28, 33 and 35), set against the other experts where columns are not unlike. Null for other inputs, where input features
 * are missing, or the scores of some true classes, and where trees have no say.
 */
export async function fitTrees(task: RecipeTask, prepared: Prepared, linear: LinearExpertData, others: readonly Judged[], hooks: BoostHooks): Promise<TreesExpert | null> {
  // The values of a series may be a table, whatever describes them to the other experts.
  const columns = seriesViews(task.window)?.table ?? null;
  const question = prepared.points !== null && (isTable(prepared) || columns !== null) ? questionOf(task, prepared) : null;
  if (question === null || question.classes > MOST_CLASSES) return null;
  const { classes, labels, predicted } = question;
  const { rows, failures, weights } = task.window;
  const opinion = (heldOut: Float32Array): Omit<TreesExpert, 'trees'> => {
    const { reading, scores } = question.answer(heldOut);
    return { reading, linear: fitNearest({ ...linear, score: { width: 1, data: scores }, scoreIsLogit: true }, task.divisions) };
  };
  // Of the newest rows alone nothing can be compared.
  const isHopeless = prepared.isUneven || rows > MOST_ROWS ? undefined : (heldOut: Float32Array) => lossByBest(opinion(heldOut).linear, others, task.window) > HOPELESS;
  const { trees, heldOut } = await boostNewest({ points: treePoints(task.window, columns), classes, labels, predicted, failures, weights }, task.divisions[0]!, MOST_ROWS, { ...hooks, isHopeless });
  const grown = { trees: treesOfAll(trees, columns), ...opinion(heldOut) };
  return prepared.isUneven || areWorthIt(grown.linear, others, task.window) ? grown : null;
}
