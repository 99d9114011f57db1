import { pairedBootstrap } from '../evaluation/bootstrap.js';
import { logLosses, mean } from '../evaluation/losses.js';
import { summarize } from '../evaluation/summarize.js';
import type { EvaluationSummary } from '../evaluation/summary.js';
import { calibrationTable } from '../policy/calibration-table.js';
import type { MetaModelTraining } from '../registry.js';
import type { TrainingProgress, TrainingWindow } from '../training/window.js';
import { championScores, type Champion } from './champion-scores.js';
import { MIN_LABELS, fitMetaModel } from './fit.js';
import { scoreWindow } from './score-window.js';
import type { FitDiagnostics, FitOptions, FittedMetaModel } from './types.js';
import { countFailures, sliceWindow } from './window-slice.js';

export interface ChallengerResult {
  readonly verdict: 'promote' | 'keep' | 'too_few';
  /** In words, with the figures that decided. */
  readonly reason: string;
  /** `promote`: the recipe fitted on every row. `keep`: the challenger. Null with too few labels. */
  readonly onnx: Uint8Array | null;
  /** Of the challenger, on the holdout or out of fold; null with too few labels. */
  readonly metrics: EvaluationSummary | null;
  readonly training: MetaModelTraining;
  /** Of the fit whose bytes these are. */
  readonly diagnostics: FitDiagnostics | null;
}

/** The newest so large a share of the labelled rows judges. */
export const HOLDOUT_SHARE = 0.2;
/** With fewer failures or successes in the holdout, out-of-fold losses decide. */
export const MIN_HOLDOUT_OUTCOMES = 30;
/**
 * A challenger is better when its mean log loss is lower and it is lower in at least this share of the bootstrap resamples: with
 * one in five against it the difference is noise, and a swap is not free.
 */
export const BETTER_SHARE = 0.8;
/**
 * What is judged was fitted on the older four fifths, what would go live is fitted on every row. So a champion that knows at least
 * this factor fewer rows than that is followed by a challenger that is no worse: one that is lower in `NO_WORSE_SHARE` of the
 * resamples. Without this rule a champion of n labels would tie with its own recipe until about twice as many have come.
 */
export const GROWN_FACTOR = 1.1;
export const NO_WORSE_SHARE = 0.2;
const RESAMPLES = 1000;

/**
 * Fits a challenger and decides whether it takes over. `window` is oldest first. A challenger fitted on all but the newest fifth is
 * judged on that fifth against the champion (log loss, paired bootstrap); where it is better (or no worse, and the champion
 * knows clearly fewer rows), the same recipe is fitted on every row and that is what goes live. With under 30 failures or successes there, out-of-fold losses on every row
 * against the anchor's decide, and one fit serves for both. `champion` must read the window's feature layout.
 */
export async function trainChallenger(window: TrainingWindow, champion: Champion | null, options: FitOptions): Promise<ChallengerResult> {
  const failures = countFailures(window);
  const training = trainingOf(window, failures, options.seed);
  const shortage = shortageOf(window.rows, failures);
  if (shortage !== null) return { verdict: 'too_few', reason: shortage, onnx: null, metrics: null, training, diagnostics: null };
  const split = window.rows - Math.round(HOLDOUT_SHARE * window.rows);
  const holdout = sliceWindow(window, split, window.rows);
  const held = countFailures(holdout);
  return Math.min(held, holdout.rows - held) < MIN_HOLDOUT_OUTCOMES
    ? judgeOutOfFold(window, champion, options, training)
    : judgeOnHoldout(window, split, champion, options, training);
}

function shortageOf(rows: number, failures: number): string | null {
  if (rows < MIN_LABELS) return `too few labels: ${rows} labelled rows, at least ${MIN_LABELS} are needed`;
  if (failures === 0) return `too few labels: none of the ${rows} labelled rows is a failure`;
  if (failures === rows) return `too few labels: all ${rows} labelled rows are failures`;
  return null;
}

function trainingOf(window: TrainingWindow, failures: number, seed: number): MetaModelTraining {
  return { rows: window.rows, failures, from: window.createdAt[0] ?? 0, to: window.createdAt[window.rows - 1] ?? 0, seed };
}

/** With what the risk policy can begin with. */
function calibrated(training: MetaModelTraining, { outOfFold }: FittedMetaModel, { failures }: TrainingWindow): MetaModelTraining {
  return { ...training, calibration: calibrationTable(outOfFold, failures) };
}

async function judgeOnHoldout(
  window: TrainingWindow, split: number, champion: Champion | null, options: FitOptions, training: MetaModelTraining,
): Promise<ChallengerResult> {
  const older = sliceWindow(window, 0, split);
  const holdout = sliceWindow(window, split, window.rows);
  const challenger = await fitMetaModel(older, { ...options, ...onProgress(options, '') });
  options.onProgress?.({ step: 'evaluating', done: 0, total: holdout.rows });
  const scores = await scoreWindow(challenger.onnx, holdout, options.signal);
  const theirs = await championScores(champion, holdout, countFailures(older) / older.rows, options.signal);
  const comparison = compare(scores, theirs, holdout.failures, options.seed);
  const metrics = summarize(scores, holdout.failures);
  const rival = champion === null ? 'the cold start' : 'the champion';
  const figures = `log loss ${text(comparison.ours)} against ${text(comparison.theirs)} of ${rival} on the newest ${holdout.rows} labelled rows `
    + `(${countFailures(holdout)} failures), lower in ${percent(comparison.share)} of ${RESAMPLES} bootstrap resamples`;
  const judgement = judge(comparison, champion, window.rows);
  if (!judgement.passed) {
    return {
      verdict: 'keep', reason: `${judgement.words}: ${figures} (at least ${percent(judgement.needed)} needed)`, onnx: challenger.onnx, metrics,
      training: calibrated(trainingOf(older, countFailures(older), options.seed), challenger, older), diagnostics: challenger.diagnostics,
    };
  }
  const final = await fitMetaModel(window, { ...options, ...onProgress(options, 'refit: ') });
  return {
    verdict: 'promote', reason: `${judgement.words}: ${figures}; fitted again on all ${window.rows}`, onnx: final.onnx, metrics,
    training: calibrated(training, final, window), diagnostics: final.diagnostics,
  };
}

interface Judgement {
  readonly passed: boolean;
  readonly words: string;
  /** Share of the resamples that was needed. */
  readonly needed: number;
}

/** Whether the recipe, fitted on `rows`, takes over after such a comparison. */
function judge({ ours, theirs, share }: Comparison, champion: Champion | null, rows: number): Judgement {
  if (ours < theirs && share >= BETTER_SHARE) return { passed: true, words: 'better', needed: BETTER_SHARE };
  if (champion === null || rows < GROWN_FACTOR * champion.rows) return { passed: false, words: 'not better', needed: BETTER_SHARE };
  const grown = `the champion knew ${champion.rows} of ${rows} labelled rows`;
  if (share >= NO_WORSE_SHARE) return { passed: true, words: `no worse, and ${grown}`, needed: NO_WORSE_SHARE };
  return { passed: false, words: `worse, though ${grown}`, needed: NO_WORSE_SHARE };
}

/** The progress of the second fit is told apart by its steps' names. */
function onProgress({ onProgress: listener }: FitOptions, prefix: string): Pick<FitOptions, 'onProgress'> {
  if (listener === undefined) return {};
  return { onProgress: (progress: TrainingProgress) => listener({ ...progress, step: prefix + progress.step }) };
}

/**
 * Too few failures in the holdout for a verdict there: the recipe must beat its own anchor out of fold, or, while there is no
 * champion, not be worse. The mean decides alone: the guard keeps the recipe close to the anchor when failures are few, so a share of
 * resamples would measure only how few they are, and a champion of fewer labels would stay for ever.
 */
async function judgeOutOfFold(
  window: TrainingWindow, champion: Champion | null, options: FitOptions, training: MetaModelTraining,
): Promise<ChallengerResult> {
  const fitted: FittedMetaModel = await fitMetaModel(window, options);
  options.onProgress?.({ step: 'evaluating', done: 0, total: window.rows });
  const comparison = compare(fitted.outOfFold, fitted.anchorOutOfFold, window.failures, options.seed);
  const better = champion === null ? comparison.ours <= comparison.theirs : comparison.ours < comparison.theirs;
  const figures = `out-of-fold log loss ${text(comparison.ours)} against ${text(comparison.theirs)} of the anchor on all ${window.rows} labelled rows `
    + `(${training.failures} failures), lower in ${percent(comparison.share)} of ${RESAMPLES} bootstrap resamples; `
    + `the newest fifth has under ${MIN_HOLDOUT_OUTCOMES} failures or successes`;
  return {
    verdict: better ? 'promote' : 'keep', reason: `${better ? 'better' : 'not better'}: ${figures}`, onnx: fitted.onnx,
    metrics: summarize(fitted.outOfFold, window.failures), training: calibrated(training, fitted, window), diagnostics: fitted.diagnostics,
  };
}

interface Comparison {
  readonly ours: number;
  readonly theirs: number;
  /** Share of the resamples in which ours is lower. */
  readonly share: number;
}

function compare(ours: Float64Array, theirs: Float64Array, failures: Uint8Array, seed: number): Comparison {
  const a = logLosses(ours, failures);
  const b = logLosses(theirs, failures);
  return { ours: mean(a) ?? 0, theirs: mean(b) ?? 0, share: pairedBootstrap(a, b, { resamples: RESAMPLES, seed }).shareBetter };
}

function text(loss: number): string {
  return loss.toFixed(4);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
