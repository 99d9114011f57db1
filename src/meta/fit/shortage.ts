import { firstAfter } from '../promotion/neutral-rows.js';
import type { TrainingWindow } from '../training/window.js';
import { championScores, type Champion } from './champion-scores.js';
import type { FitOptions } from './types.js';
import { sliceWindow } from './window-slice.js';

/** With fewer labels nothing is learnt from them. */
export const MIN_LABELS = 20;
/** Chance of no failure, by what is served, up to which there being none tells something. */
const SURPRISE = 0.01;

/** Why nothing can be learnt from so many labelled rows and failures among them, in words; null where it can, or where `silenceOf` has to say. */
export function shortageOf(rows: number, failures: number): string | null {
  if (rows < MIN_LABELS) return `too few labels: ${rows} labelled rows, at least ${MIN_LABELS} are needed`;
  return failures === rows ? `too few labels: all ${rows} labelled rows are failures` : null;
}

/**
 * Why rows of which none is a failure teach nothing, in words: by what is served they would hardly fail, so there is no news in it. Null where
 * it had promised failures, which is what an underconfident base model does: then the rows tell the level. `served`: the failure probability
 * of each row from a model that has not learnt from it; NaN where there was none.
 */
export function silenceOf(served: Float64Array): string | null {
  const chance = Math.exp(served.reduce((sum, probability) => sum + Math.log1p(-probability), 0));
  if (chance <= SURPRISE) return null;
  return Number.isNaN(chance) ? noFailure(served.length) : `${noFailure(served.length)}, which had a chance of ${chance.toFixed(2)} by what was served`;
}

/** As `silenceOf`, by what the champion, or without one the cold start, says of the rows that it has not learnt from. Tasks without classes learn from failures alone. */
export async function silenceUnder(champion: Champion | null, window: TrainingWindow, { behaviour, signal }: Pick<FitOptions, 'behaviour' | 'signal'>): Promise<string | null> {
  if (behaviour.kind === 'none') return noFailure(window.rows);
  const from = champion === null ? 0 : firstAfter(window, champion.trainedTo);
  return silenceOf(await championScores(champion, sliceWindow(window, from, window.rows), NaN, signal));
}

function noFailure(rows: number): string {
  return `too few labels: none of the ${rows} labelled rows is a failure`;
}
