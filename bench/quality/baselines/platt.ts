import { designLogits, designOf, type Columns } from '../../../src/meta/linear/design.js';
import { fitLogistic } from '../../../src/meta/linear/logistic.js';
import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Baseline, LabelledRows, Rows, Scores } from '../baseline.js';
import { failureLogOdds } from './class-scores.js';

/** One row cannot weigh more than this many nats, however sure the base model was. */
const LOG_ODDS_CLIP = 40;

/** The column that calibration regresses on: the failure log-odds of MSP, clipped. */
export function logOddsColumn(rows: Rows): Columns {
  return { width: 1, data: failureLogOdds(rows).map((value) => Math.min(LOG_ODDS_CLIP, Math.max(-LOG_ODDS_CLIP, value))) };
}

/** Intercept and slope that leave MSP as it is, and how firmly: the prior of the product's own calibration. */
export const IDENTITY_PRIOR = { mean: [0, 1], precision: [1, 4] } as const;

/** Fits failure ~ sigmoid(b + w log-odds). Without rows the prior stands: MSP itself. */
export function fitPlatt(labelled: LabelledRows): (rows: Rows) => Promise<Scores> {
  const prior = { mean: Float64Array.from(IDENTITY_PRIOR.mean), precision: Float64Array.from(IDENTITY_PRIOR.precision) };
  const { coefficients } = fitLogistic(designOf(labelled.rows, [logOddsColumn(labelled)]), labelled.failures, prior);
  return async (rows) => {
    const logits = designLogits(designOf(rows.rows, [logOddsColumn(rows)]), coefficients);
    return { scores: sigmoids(logits), areProbabilities: true };
  };
}

/**
 * Platt-scaled MSP (Platt 1999, on the log-odds as in Kull, Silva Filho and Flach 2017): the baseline of calibration. A
 * prior that leaves MSP as it is takes the place of Platt's smoothed targets, so few labels or one outcome do no harm.
 */
export const plattScaledMsp: Baseline = { name: 'Platt-scaled MSP', needs: 'labels', competes: true, fit: async (labelled) => fitPlatt(labelled) };
