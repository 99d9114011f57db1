import type { ScalingKind } from '../../../src/meta/training/classifier-scaling.js';

/** From so many rows a net is wider: a strong base model. */
const MANY_ROWS = 4000;
const FEW_ROWS = 1000;
const EPOCHS = 40;
/** Fewer steps leave a net on a hundred rows untrained. */
const LEAST_STEPS = 1000;
/** More of them take minutes and gain little. */
const MOST_STEPS = 7000;

export interface NetPlan {
  readonly hidden: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly scaling: ScalingKind;
}

/** How a net is trained on a number of rows. Images keep the proportions of their pixels. */
export function netPlan(rows: number, shape: readonly number[]): NetPlan {
  const batchSize = Math.min(rows, rows < FEW_ROWS ? 16 : 64);
  const stepsAnEpoch = Math.floor(rows / batchSize);
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, EPOCHS * stepsAnEpoch));
  return {
    hidden: rows < MANY_ROWS ? 64 : 128,
    batchSize,
    epochs: Math.max(1, Math.round(steps / stepsAnEpoch)),
    learningRate: 1e-3,
    weightDecay: 0.01,
    scaling: shape.length > 1 ? 'image' : 'features',
  };
}
