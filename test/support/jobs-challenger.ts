import type { TrainingOutcome } from '../../src/jobs/training-task.js';
import type { ChallengerResult } from '../../src/meta/fit/challenger.js';

/** A result of the training as it would come from the child process. */
export function challenger(verdict: ChallengerResult['verdict'], reason: string, rows = 100, claim: Partial<Pick<ChallengerResult, 'way' | 'tested'>> = {}): TrainingOutcome {
  return {
    verdict,
    way: verdict === 'promote' ? 'follows' : null,
    tested: false,
    ...claim,
    reason,
    onnx: verdict === 'too_few' ? null : Uint8Array.from([...reason].map((letter) => letter.charCodeAt(0))),
    metrics: null,
    training: { rows, failures: 20, from: 1_000, to: 2_000, seed: 1 },
    diagnostics: null,
    labelSequence: 0,
    labelFree: null,
  };
}
