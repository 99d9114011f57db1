import { weightedMean } from '../selection/weights.js';
import { brierLosses, logLosses, mean } from './losses.js';
import { upperNormalQuantile } from './normal-quantile.js';
import { aurc } from './ranking.js';
import { drawRows, resampledEaurc, type Draws } from './resampled-eaurc.js';
import { tieGroups } from './tie-groups.js';

/** One figure of two models on the same rows; lower is better. */
export interface PairedFigure {
  readonly ours: number;
  readonly theirs: number;
  /** Share of the resamples in which ours is lower; equal figures count one half. */
  readonly shareLower: number;
  /** By at least so much ours is lower, with probability 1 - alpha; alpha in (0, 0.5]. */
  readonly improvementBound: (alpha: number) => number;
}

/** What rows say of two models' failure probabilities. */
export interface PairedEvidence {
  readonly rows: number;
  readonly failures: number;
  readonly logLoss: PairedFigure;
  readonly aurc: PairedFigure;
  readonly brier: PairedFigure;
}

export const EVIDENCE_RESAMPLES = 2_000;
/** So many resamples must lie beyond a percentile that is relied on; rarer ones are taken from the normal approximation alone. */
const LEAST_BEYOND = 10;
/** Resamples that are held at a time. */
const CHUNK = 100;

/**
 * Compares two models on the same rows by a paired bootstrap (Efron and Tibshirani 1993, chapter 13): log loss, AURC and Brier score from
 * the same resamples. Failure probabilities in [0, 1], none NaN; at least one row; `seed` an integer from 0;
 * `weights` say what each row counts (null: all the same).
 */
export function pairedEvidence(ours: Float64Array, theirs: Float64Array, failures: Uint8Array, seed: number, weights: Float64Array | null = null): PairedEvidence {
  const differences = {
    logLoss: differencesOf(logLosses(ours, failures), logLosses(theirs, failures)),
    brier: differencesOf(brierLosses(ours, failures), brierLosses(theirs, failures)),
  };
  const resamples = { logLoss: new Float64Array(EVIDENCE_RESAMPLES), brier: new Float64Array(EVIDENCE_RESAMPLES), ourAurc: new Float64Array(EVIDENCE_RESAMPLES), theirAurc: new Float64Array(EVIDENCE_RESAMPLES) };
  for (let start = 0; start < EVIDENCE_RESAMPLES; start += CHUNK) {
    const draws = drawRows(failures.length, CHUNK, seed + start / CHUNK, weights);
    resamples.logLoss.set(resampledMeans(differences.logLoss, draws), start);
    resamples.brier.set(resampledMeans(differences.brier, draws), start);
    // The optimum of E-AURC depends on the outcomes alone, so its difference is that of AURC.
    resamples.ourAurc.set(resampledEaurc(ours, failures, draws), start);
    resamples.theirAurc.set(resampledEaurc(theirs, failures, draws), start);
  }
  const area = (scores: Float64Array, resampled: Float64Array) => (weights === null ? (aurc(tieGroups(scores, failures)) ?? 0) : (mean(resampled) ?? 0));
  const average = (losses: Float64Array) => weightedMean(losses, weights);
  return {
    rows: failures.length,
    failures: failures.reduce((sum, failure) => sum + failure, 0),
    logLoss: figureOf(average(logLosses(ours, failures)), average(logLosses(theirs, failures)), resamples.logLoss),
    aurc: figureOf(area(ours, resamples.ourAurc), area(theirs, resamples.theirAurc), differencesOf(resamples.ourAurc, resamples.theirAurc)),
    brier: figureOf(average(brierLosses(ours, failures)), average(brierLosses(theirs, failures)), resamples.brier),
  };
}

function differencesOf(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}

function resampledMeans(values: Float64Array, { resamples, rows, drawn, counts }: Draws): Float64Array {
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    const start = resample * rows;
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += (counts[start + row] ?? 0) * (values[row] ?? 0);
    means[resample] = sum / drawn;
  }
  return means;
}

/**
 * The bound is the lower one of the percentile interval's and the normal one's with the bootstrap's standard error: the percentile follows
 * skewed losses, the normal one reaches beyond what the resamples can show.
 */
function figureOf(ours: number, theirs: number, resampled: Float64Array): PairedFigure {
  const sorted = resampled.sort();
  const n = sorted.length;
  const average = mean(sorted) ?? 0;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - average) ** 2, 0) / n);
  let lower = 0;
  for (const value of sorted) lower += value < 0 ? 1 : value === 0 ? 0.5 : 0;
  return {
    ours,
    theirs,
    shareLower: lower / n,
    improvementBound(alpha) {
      const beyond = Math.max(LEAST_BEYOND, Math.floor(alpha * n));
      const percentile = -(sorted[n - beyond] ?? 0);
      return Math.min(percentile, theirs - ours - upperNormalQuantile(alpha) * deviation);
    },
  };
}
