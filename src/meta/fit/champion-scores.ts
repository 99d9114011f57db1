import type { TrainingWindow } from '../training/window.js';
import { scoreWindow } from './score-window.js';

export interface Champion {
  readonly onnx: Uint8Array;
  /** createdAt of the newest row that it was trained on, milliseconds; -Infinity where it has seen no label. */
  readonly trainedTo: number;
  /** Labelled rows that it was trained on; 0: label-free. */
  readonly rows: number;
}

/**
 * What the champion says of each holdout row, without having seen its label: its graph where the row is newer than its
 * training, else the failure probability that was served. Where nothing was served, or without a champion: the
 * cold-start probability (1 - confidence), and in tasks that have none the failure rate of the challenger's training rows.
 */
export async function championScores(
  champion: Champion | null, holdout: TrainingWindow, failureRate: number, signal?: AbortSignal,
): Promise<Float64Array> {
  const graph = champion === null ? null : await scoreWindow(champion.onnx, holdout, signal);
  return Float64Array.from(holdout.failureProbabilities, (served, row) => {
    if (graph !== null && champion !== null && holdout.createdAt[row]! > champion.trainedTo) return graph[row]!;
    if (!Number.isNaN(served)) return served;
    const coldStart = holdout.coldStartProbabilities[row]!;
    return Number.isNaN(coldStart) ? failureRate : coldStart;
  });
}
