import type { ModelConfig } from '../inference/contracts.js';
import type { TrainingMark } from './training-marks.js';

/** New labels that start a retraining, after a training of so many rows. */
export function labelsNeeded(policy: Pick<ModelConfig['retraining'], 'new_ground_truths' | 'growth'>, mark: TrainingMark | null): number {
  return Math.max(1, policy.new_ground_truths, Math.ceil(policy.growth * (mark?.rows ?? 0)));
}

/** Labels that have come since the last training. */
export function newLabels(labelSequence: number, mark: TrainingMark | null): number {
  return labelSequence - (mark?.labelSequence ?? 0);
}
