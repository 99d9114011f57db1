import type { Baseline } from '../baseline.js';
import { classOffset } from './class-offset.js';
import { doctorAlpha, doctorBeta, energy, entropy, margin, maxLogit, maximumSoftmaxProbability } from './label-free.js';
import { nearestFailures } from './nearest-failures.js';
import { behaviourNet, inputNet } from './net-baselines.js';
import { maxLogitPNorm } from './p-norm.js';
import { plattScaledMsp } from './platt.js';
import { relU } from './rel-u.js';
import { temperatureScaledMsp } from './temperature.js';
import { trustScore } from './trust-score.js';
import { uq360Boosting, uq360Logistic } from './uq360.js';

/** Baselines that read the base model's outputs only; MSP first, which every other one is set against. */
export function labelFree(): readonly Baseline[] {
  return [maximumSoftmaxProbability, maxLogit, energy, margin, entropy, doctorAlpha, doctorBeta];
}

/** Baselines that are given the same ground truths as the meta-model. */
export function labelGiven(): readonly Baseline[] {
  return [
    temperatureScaledMsp, plattScaledMsp, maxLogitPNorm, relU, classOffset,
    trustScore, nearestFailures, uq360Logistic, uq360Boosting, inputNet, behaviourNet,
  ];
}
