import { logLosses } from '../evaluation/losses.js';
import { pairedDifference } from '../evaluation/paired-difference.js';
import { pairedEvidence } from '../evaluation/paired-evidence.js';
import { summarize } from '../evaluation/summarize.js';
import type { EvaluationSummary } from '../evaluation/summary.js';
import { weightedMean } from '../selection/weights.js';
import { calibrationTable } from '../policy/calibration-table.js';
import { fewerOrOlderRows, fewerRows, type Knowledge } from '../promotion/champion-knowledge.js';
import { isNoWorse, judgeEvidence, pair, shares, type PromotionWay } from '../promotion/judge-holdout.js';
import { enoughOutcomes, firstAfter, holdoutStart, MIN_HOLDOUT_OUTCOMES } from '../promotion/neutral-rows.js';
import type { MetaModelTraining } from '../registry.js';
import type { TrainingProgress, TrainingWindow } from '../training/window.js';
import { championScores, type Champion } from './champion-scores.js';
import { fitMetaModel } from './fit.js';
import { scoreWindow } from './score-window.js';
import { shortageOf, silenceUnder } from './shortage.js';
import type { FitDiagnostics, FitOptions, FittedMetaModel } from './types.js';
import { countFailures, sliceWindow } from './window-slice.js';

export interface ChallengerResult {
  readonly verdict: 'promote' | 'keep' | 'too_few';
  /** By what claim it is promoted; null where it is not. */
  readonly way: PromotionWay | null;
  /** Whether a test of being better was made, which counts as a try whatever came out. */
  readonly tested: boolean;
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

/** From so many failures and successes on, rows that the champion has not seen can speak against a challenger that is judged out of fold. */
const MIN_VETO_OUTCOMES = 10;

/** What a challenger has to beat. */
export interface Rivalry {
  /** Must read the window's feature layout. Null: what was served (1 - confidence in the cold start). */
  readonly champion: Champion | null;
  /** The number of the test of being better, should one be made: 1, 2, ... */
  readonly attempt: number;
}

/**
 * Fits a challenger and decides whether it takes over (decision 13). `window` is oldest first. A challenger fitted on all but the newest fifth
 * is judged on the rows of that fifth that the champion was not trained on either; where it passes, the same recipe is fitted on every row
 * and that is what goes live. With under 50 failures or successes there, out-of-fold losses on every row against the anchor's decide,
 * and one fit serves for both.
 */
export async function trainChallenger(window: TrainingWindow, rivalry: Rivalry, options: FitOptions): Promise<ChallengerResult> {
  const failures = countFailures(window);
  const training = trainingOf(window, failures, options.seed);
  const shortage = shortageOf(window.rows, failures) ?? (failures === 0 ? await silenceUnder(rivalry.champion, window, options) : null);
  if (shortage !== null) return { verdict: 'too_few', way: null, tested: false, reason: shortage, onnx: null, metrics: null, training, diagnostics: null };
  const judge = judgeOf(window, rivalry);
  return enoughOutcomes(judge.rows.rows, countFailures(judge.rows)) ? judgeOnHoldout(window, judge, options) : judgeOutOfFold(window, judge, options);
}

/** Who judges whom. */
interface Judge extends Rivalry {
  /** Where the newest fifth begins. */
  readonly split: number;
  /** Where the rows begin that neither the champion nor a challenger fitted before `split` was trained on. */
  readonly from: number;
  /** Those rows. */
  readonly rows: TrainingWindow;
  /** Null without a champion. */
  readonly knowledge: Knowledge | null;
}

function judgeOf(window: TrainingWindow, { champion, attempt }: Rivalry): Judge {
  const split = holdoutStart(window.rows);
  const newer = champion === null ? 0 : firstAfter(window, champion.trainedTo);
  const from = Math.max(split, newer);
  const knowledge = champion === null ? null : { known: champion.rows, rows: window.rows, newer: window.rows - newer };
  return { champion, attempt, split, from, rows: sliceWindow(window, from, window.rows), knowledge };
}

function trainingOf(window: TrainingWindow, failures: number, seed: number): MetaModelTraining {
  return { rows: window.rows, failures, from: window.createdAt[0] ?? 0, to: window.createdAt[window.rows - 1] ?? 0, seed };
}

/** With what the risk policy can begin with. */
function calibrated({ outOfFold, diagnostics }: FittedMetaModel, window: TrainingWindow, { seed }: FitOptions): MetaModelTraining {
  return { ...trainingOf(window, countFailures(window), seed), calibration: calibrationTable(outOfFold, window.failures), unlabelledRows: diagnostics.unlabelledRows };
}

async function judgeOnHoldout(window: TrainingWindow, { champion, attempt, split, rows, knowledge }: Judge, options: FitOptions): Promise<ChallengerResult> {
  const older = sliceWindow(window, 0, split);
  const challenger = await fitMetaModel(older, { ...options, ...onProgress(options, '') });
  options.onProgress?.({ step: 'evaluating', done: 0, total: rows.rows });
  const scores = await scoreWindow(challenger.onnx, rows, options.signal);
  const theirs = await championScores(champion, rows, countFailures(older) / older.rows, options.signal);
  const evidence = pairedEvidence(scores, theirs, rows.failures, options.seed, rows.weights);
  const { way, words, tested } = judgeEvidence(evidence, { grown: knowledge === null ? null : fewerRows(knowledge), attempt });
  const reason = `${words}; ${pair('log loss', evidence.logLoss)} of ${rivalOf(champion)} on the newest ${evidence.rows} labelled rows that neither was trained on (${evidence.failures} failures)`;
  const metrics = summarize(scores, rows.failures);
  if (way === null) {
    return { verdict: 'keep', way, tested, reason, onnx: challenger.onnx, metrics, training: calibrated(challenger, older, options), diagnostics: challenger.diagnostics };
  }
  const final = await fitMetaModel(window, { ...options, ...onProgress(options, 'refit: ') });
  return {
    verdict: 'promote', way, tested, reason: `${reason}; fitted again on all ${window.rows}`, onnx: final.onnx, metrics,
    training: calibrated(final, window, options), diagnostics: final.diagnostics,
  };
}

/** The progress of the second fit is told apart by its steps' names. */
function onProgress({ onProgress: listener }: FitOptions, prefix: string): Pick<FitOptions, 'onProgress'> {
  if (listener === undefined) return {};
  return { onProgress: (progress: TrainingProgress) => listener({ ...progress, step: prefix + progress.step }) };
}

/**
 * Too few outcomes for a verdict on rows that nobody was trained on: out of fold, the recipe must not be worse than its own anchor. The guard keeps it
 * close to the anchor when failures are few, so a share of resamples would measure only how few they are. A champion is replaced only where it
 * knows clearly less, and where what it has not seen does not speak against it.
 */
async function judgeOutOfFold(window: TrainingWindow, judge: Judge, options: FitOptions): Promise<ChallengerResult> {
  const fitted: FittedMetaModel = await fitMetaModel(window, options);
  options.onProgress?.({ step: 'evaluating', done: 0, total: window.rows });
  const training = calibrated(fitted, window, options);
  const losses = { ours: logLosses(fitted.outOfFold, window.failures), anchor: logLosses(fitted.anchorOutOfFold, window.failures) };
  const [ours, theirs] = [weightedMean(losses.ours, window.weights), weightedMean(losses.anchor, window.weights)];
  const rival = await uncalibrated(window, judge, options);
  const standing = standingOutOfFold({ ...losses, rival: rival === null ? null : logLosses(rival, window.failures) }, window, judge);
  const refusal = standing.isFit ? await vetoOf(fitted, judge, options) : standing.words;
  const figures = `out-of-fold log loss ${ours.toFixed(4)} against ${theirs.toFixed(4)} of the anchor on all ${window.rows} labelled rows `
    + `(${training.failures} failures); under ${MIN_HOLDOUT_OUTCOMES} failures or successes among the ${judge.rows.rows} newest rows that nobody was trained on, so there is no test against ${rivalOf(judge.champion)}`;
  return {
    verdict: refusal === null ? 'promote' : 'keep', way: refusal === null ? 'anchor' : null, tested: false, reason: `${refusal ?? standing.words}: ${figures}`,
    onnx: fitted.onnx, metrics: summarize(fitted.outOfFold, window.failures), training, diagnostics: fitted.diagnostics,
  };
}

/**
 * What is served where no ground truth has calibrated it, of every row: 1 - confidence in the cold start (NaN without classes), or what a label-free champion says,
 * which has seen no label of them. Null: the champion learnt from ground truths.
 */
async function uncalibrated(window: TrainingWindow, { champion }: Judge, { signal }: FitOptions): Promise<Float64Array | null> {
  if (champion === null) return window.coldStartProbabilities;
  return isLabelFree(champion) ? scoreWindow(champion.onnx, window, signal) : null;
}

/**
 * How the recipe stands by its anchor out of fold. In place of the cold start or of a label-free champion (`rival`: their losses), which nobody has calibrated,
 * it may be worse by less than a standard error where it is better than that: experts fitted to four fifths of few labels are judged, and all of
 * them together serve. A label-free champion stays where the recipe is not better than that.
 */
function standingOutOfFold({ ours, anchor, rival }: OutOfFoldLosses, { weights }: TrainingWindow, { champion }: Judge): Standing {
  const byAnchor = pairedDifference(ours, anchor, weights);
  // Without classes there is no cold start to be better than: the comparison with NaN is false.
  const isBetter = rival !== null && pairedDifference(ours, rival, weights).mean < 0;
  if (champion !== null && rival !== null && !isBetter) return { isFit: false, words: 'not better than the label-free champion' };
  if (byAnchor.mean <= 0) return { isFit: true, words: 'not worse than its anchor' };
  if (!isBetter || byAnchor.mean > byAnchor.error) return { isFit: false, words: 'worse than its anchor' };
  return { isFit: true, words: `worse than its anchor by less than a standard error, and better than ${rivalOf(champion)}` };
}

/** Of each labelled row; `rival` null where the champion learnt from ground truths. */
interface OutOfFoldLosses {
  readonly ours: Float64Array;
  readonly anchor: Float64Array;
  readonly rival: Float64Array | null;
}

function isLabelFree({ rows }: Champion): boolean {
  return rows === 0;
}

function rivalOf(champion: Champion | null): string {
  if (champion === null) return 'the cold start';
  return isLabelFree(champion) ? 'the label-free champion' : 'the champion';
}

interface Standing {
  readonly isFit: boolean;
  readonly words: string;
}

/** Why a champion stays though the recipe holds its own against the anchor; null where it goes, or where there is none. */
async function vetoOf({ outOfFold }: FittedMetaModel, { champion, knowledge, from, rows }: Judge, { seed, signal }: FitOptions): Promise<string | null> {
  if (champion === null || knowledge === null || isLabelFree(champion)) return null;
  if (fewerOrOlderRows(knowledge) === null) return `the champion knows ${knowledge.known} rows, and only ${knowledge.newer} of the ${knowledge.rows} labelled rows are newer`;
  if (!enoughOutcomes(rows.rows, countFailures(rows), MIN_VETO_OUTCOMES)) return null;
  const evidence = pairedEvidence(outOfFold.subarray(from), await championScores(champion, rows, 0, signal), rows.failures, seed, rows.weights);
  return isNoWorse(evidence) ? null : `worse than the champion on the ${evidence.rows} rows that it was not trained on: ${shares(evidence)}`;
}
