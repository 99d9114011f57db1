import { calibrationDrift, type AnsweredOutcomes } from '../../src/meta/drift/calibration-drift.js';
import { createRandom } from '../../src/meta/training/random.js';

export interface DriftStream {
  readonly rows: number;
  readonly rowsPerHour: number;
  /** Mean of the failure logits; their deviation is 1.5. */
  readonly mean: number;
  /** From this row on every failure probability is `factor` times (at most 1) what was said. */
  readonly from: number;
  readonly factor: number;
}

/** A stream of answered rows and their outcomes, from the time 0. */
export function driftStream({ rows, rowsPerHour, mean, from, factor }: DriftStream, seed: number): AnsweredOutcomes {
  const random = createRandom(seed, 0xd1f7);
  const failureProbabilities = Float64Array.from({ length: rows }, () => 1 / (1 + Math.exp(-mean - 1.5 * random.normal())));
  return {
    createdAt: Float64Array.from({ length: rows }, (_, row) => (row * 3_600_000) / rowsPerHour),
    failureProbabilities,
    failures: Uint8Array.from(failureProbabilities, (p, row) => (random.uniform() < (row < from ? p : Math.min(1, factor * p)) ? 1 : 0)),
  };
}

/** Looks at the stream every `step` rows; the rows seen at the first alarm, null without one. */
export function firstAlarm(stream: AnsweredOutcomes, step: number, alpha?: number): number | null {
  for (let seen = step; seen <= stream.failures.length; seen += step) {
    const part = { createdAt: stream.createdAt.subarray(0, seen), failureProbabilities: stream.failureProbabilities.subarray(0, seen), failures: stream.failures.subarray(0, seen) };
    if (calibrationDrift(part, 0, alpha === undefined ? {} : { alpha }).drifted) return seen;
  }
  return null;
}
