import type { DistanceMetric } from '../experts/distance-metric.js';
import { fitNearest, type LinearExpertData } from '../experts/linear-experts.js';
import { PROBE_PLAN } from '../kernel/ridge-plan.js';
import { meanLogLoss } from '../linear/numerics.js';
import { arrange, type Seen } from './arrange.js';
import { joinRows } from './column-set.js';
import { learnDirections } from './directions.js';
import { fitKernel } from './fit-kernel.js';
import { metricOf } from './fit-metric.js';
import { kernelDataOf } from './kernel-data.js';
import { CONSENSUS } from './kernel-experts.js';
import { linearData } from './linear-data.js';
import { report, type Prepared, type RecipeTask } from './recipe-task.js';

/** Shares of the learned directions that are tried beside plain distances. */
const SHARES = [0.5, 1] as const;
/** Plain inputs must be better than those with the order of their values by one part in a hundred: the rest is chance. */
const CLEARLY = 0.99;
/** With fewer failures, or successes, that much is chance. */
const FEW_OUTCOMES = 10;

/** A layout of the rows, and how badly its distances tell failures. */
interface Tried {
  readonly seen: Seen;
  readonly layout: Prepared;
  readonly loss: number;
}

/** Rows as they are, and by the order of their values, where any column is read so. */
export interface SeenReadings {
  readonly plain: Seen;
  readonly ordered: Seen | null;
}

/**
 * Lays the rows out as their inputs are, and, where there are such columns, by the order of their values too; a series that is described twice either way;
 * then the better under learned distances. Kept is the layout whose distances tell failures best: the least out-of-fold log loss of the nearest-class
 * expert and, where there are predictions without a ground truth, of a small consensus. The order of values pays where tails are long and costs where far
 * values are clusters of their own. Learned distances pay where features are not alike (letters' moments: half the excess loss), and cost where they
 * already are (bands of a satellite's picture).
 */
export async function chooseLayout(task: RecipeTask, first: SeenReadings, table: SeenReadings | null): Promise<Prepared> {
  const { seen, layout, loss } = await chooseDescription(task, first, table);
  const metrics = await learnedMetrics(task, seen);
  if (metrics.length === 0) return layout;
  let best = { layout, loss: loss ?? await lossOf(task, layout) };
  for (const metric of metrics) {
    const tried = await tryOut(task, seen, metric);
    if (tried.loss < best.loss) best = tried;
  }
  return best.layout;
}

/** Without a choice the loss is not computed. */
type Chosen = Omit<Tried, 'loss'> & { readonly loss: number | null };

/** The table, unless the first is better: with a few failures at all, with more of them clearly, for of one loss a table's columns have more experts. */
async function chooseDescription(task: RecipeTask, first: SeenReadings, table: SeenReadings | null): Promise<Chosen> {
  const chosen = await chooseReading(task, first);
  if (table === null) return chosen;
  const [ofFirst, ofTable] = [await judged(task, chosen), await judged(task, await chooseReading(task, table))];
  const need = task.counts.fewerOutcomes < FEW_OUTCOMES ? 1 : CLEARLY;
  return ofFirst.loss <= need * ofTable.loss ? ofFirst : ofTable;
}

async function judged(task: RecipeTask, { loss, ...chosen }: Chosen): Promise<Tried> {
  return { ...chosen, loss: loss ?? await lossOf(task, chosen.layout) };
}

async function chooseReading(task: RecipeTask, { plain, ordered }: SeenReadings): Promise<Chosen> {
  if (ordered === null) return { seen: plain, layout: await arrange(task, plain, null), loss: null };
  const [ofPlain, ofOrdered] = [await tryOut(task, plain, null), await tryOut(task, ordered, null)];
  return ofPlain.loss < CLEARLY * ofOrdered.loss ? ofPlain : ofOrdered;
}

async function tryOut(task: RecipeTask, seen: Seen, metric: DistanceMetric | null): Promise<Tried> {
  return judged(task, { seen, layout: await arrange(task, seen, metric), loss: null });
}

/** From all rows, labelled or not; none where a form has no score of each class, and among principal components, whose order says enough. */
async function learnedMetrics(task: RecipeTask, { transform, signals: { transformed, logProbabilities }, others }: Seen): Promise<readonly DistanceMetric[]> {
  const { window: { rows }, labelled: { form }, options: { signal } } = task;
  if (form.kind !== 'classes' || transform.kind !== 'standardized' || transformed === null || logProbabilities === null) return [];
  const all = others === null ? { rows, transformed, logProbabilities } : {
    rows: rows + others.rows, transformed: joinRows(transformed, others.transformed), logProbabilities: joinRows(logProbabilities, others.logProbabilities),
  };
  const directions = await learnDirections(all, { signal, onProgress: (done, total) => report(task, 'learning distances', done, total) });
  return directions === null ? [] : SHARES.map((share) => metricOf(directions, share)).filter((metric) => metric !== null);
}

async function lossOf(task: RecipeTask, layout: Prepared): Promise<number> {
  const data = linearData(task, layout);
  const loss = (fit: LinearExpertData): number => meanLogLoss(fitNearest(fit, task.divisions).outOfFold, data.failures, data.weights);
  const score = await probe(task, layout);
  return loss(data) + (score === null ? 0 : loss({ ...data, score, scoreIsLogit: true }));
}

/** Out-of-fold failure logits of a consensus of fewer rows; null where there is none. */
async function probe(task: RecipeTask, layout: Prepared): Promise<LinearExpertData['score'] | null> {
  const data = kernelDataOf(task, layout);
  if (layout.context === null || data === null) return null;
  const { scores } = await fitKernel({ ...CONSENSUS, plan: PROBE_PLAN }, data, layout.context, task.divisions[0]!, { signal: task.options.signal });
  return { width: 1, data: scores };
}
