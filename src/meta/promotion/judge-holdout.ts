import type { PairedEvidence, PairedFigure } from '../evaluation/paired-evidence.js';
import { alphaOfTry } from './alpha-spending.js';

/**
 * The ways to a promotion:
 * - `follows`: the champion knows clearly fewer labels, and the challenger is not seen to be worse. No claim that it is better;
 * - `better`: on rows that neither was trained on, log loss or AURC is lower with the confidence that alpha spending asks for;
 * - `anchor`: too few failures to compare; out of fold the recipe is not worse than its own anchor.
 */
export type PromotionWay = 'follows' | 'better' | 'anchor';

export interface Judgement {
  /** Null: the challenger stays a candidate. */
  readonly way: PromotionWay | null;
  /** In words, with the figures that decided. */
  readonly words: string;
  /** Whether a test of `better` was made, which counts as a try whatever came out. */
  readonly tested: boolean;
}

export interface Stakes {
  /** Why the champion may be followed without a claim, in words; null where it may not. */
  readonly grown: string | null;
  /** The number of the test, should it be made: 1, 2, ... */
  readonly attempt: number;
}

/**
 * What is judged was fitted on the older four fifths, what would go live is fitted on every row: a champion of n labels ties with its
 * own recipe until about twice as many have come. So one that knows clearly fewer is followed by a challenger that is no worse: lower in at least
 * this share of the resamples, by log loss and by Brier score.
 */
export const NO_WORSE_SHARE = 0.2;

/**
 * Judges a challenger by rows that neither it nor its rival was trained on. Whether a test of `better` is made depends on what the champion knows and
 * on whether following is possible; once made it counts, so that however often it is tried, the chance that a challenger that is no better
 * is called so stays below `PROMOTION_ALPHA`. Log loss and AURC share the alpha of a try evenly.
 */
export function judgeEvidence(evidence: PairedEvidence, { grown, attempt }: Stakes): Judgement {
  if (grown !== null && isNoWorse(evidence)) return { way: 'follows', words: `no worse, and ${grown}: ${shares(evidence)}`, tested: false };
  const alpha = alphaOfTry(attempt);
  const bounds = [evidence.logLoss, evidence.aurc].map((figure) => figure.improvementBound(alpha / 2)) as [number, number];
  const lowerBrier = evidence.brier.ours <= evidence.brier.theirs;
  const better = Math.max(...bounds) > 0 && lowerBrier;
  const worse = grown !== null ? `worse, though ${grown}: ${shares(evidence)}; ` : '';
  const confidence = `${(100 * (1 - alpha / 2)).toFixed(2)} % confidence (test ${attempt}, alpha ${alpha.toPrecision(2)})`;
  const figures = `with ${confidence} log loss is lower by at least ${text(bounds[0])}, AURC by ${text(bounds[1])}; ${pair('Brier score', evidence.brier)}`;
  return { way: better ? 'better' : null, words: better ? `better: ${figures}` : `${worse}not shown to be better: ${figures}`, tested: true };
}

/** Whether rows do not speak against the challenger. */
export function isNoWorse({ logLoss, brier }: PairedEvidence): boolean {
  return logLoss.shareLower >= NO_WORSE_SHARE && brier.shareLower >= NO_WORSE_SHARE;
}

/** The shares that decide whether one is no worse, in words. */
export function shares({ logLoss, brier }: PairedEvidence): string {
  return `log loss lower in ${percent(logLoss.shareLower)} of the bootstrap resamples, Brier score in ${percent(brier.shareLower)} (at least ${percent(NO_WORSE_SHARE)} each needed)`;
}

/** A figure of both, in words. */
export function pair(name: string, { ours, theirs }: PairedFigure): string {
  return `${name} ${text(ours)} against ${text(theirs)}`;
}

function text(loss: number): string {
  return loss.toFixed(4);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
