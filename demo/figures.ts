import { failuresInRiskiest } from '../src/meta/evaluation/ranking.js';
import { summarize } from '../src/meta/evaluation/summarize.js';
import type { Dataset } from './datasets.js';
import type { Answers } from './stream.js';

export interface Quality {
  readonly auroc: number | null;
  readonly aurc: number | null;
  readonly eaurc: number | null;
  readonly brier: number | null;
  readonly ece: number | null;
}

/** What `--json` writes. */
export interface Figures {
  readonly data: string;
  readonly seed: number;
  readonly base_error_rate: number;
  readonly base_training_rows: number;
  readonly ground_truths: number;
  /** Labelled failures among the ground truths. */
  readonly labelled_failures: number;
  /** Rows that the figures are over: predicted after the last promotion, or the last retraining when nothing was promoted. */
  readonly rows: number;
  readonly promoted: boolean;
  readonly meta_version: number;
  readonly cold_start: Quality;
  readonly champion: Quality;
  /** Share of all failures that the tenth of highest failure probability holds. */
  readonly failures_in_riskiest_tenth: number;
  /** The same by the confidence baseline. */
  readonly failures_in_least_confident_tenth: number;
}

function quality(scores: Float64Array, failures: Uint8Array): Quality {
  const { auroc, aurc, eaurc, brier, ece } = summarize(scores, failures);
  return { auroc, aurc, eaurc, brier, ece };
}

/** Figures over the rows [from, to) of the stream. */
export function measure(data: Dataset, answers: Answers, from: number, to: number, run: { seed: number; groundTruths: number; promoted: boolean }): Figures {
  const failures = answers.failures.subarray(from, to);
  const champion = answers.failureProbabilities.subarray(from, to);
  const coldStart = answers.coldStart.subarray(from, to);
  const failed = failures.reduce((sum, failure) => sum + failure, 0);
  const labelled = answers.failures.subarray(data.baseRows, data.baseRows + run.groundTruths);
  const share = (scores: Float64Array) => failuresInRiskiest(scores, failures, 0.1) / Math.max(1, failed);
  return {
    data: data.name,
    seed: run.seed,
    base_error_rate: failed / (to - from),
    base_training_rows: data.baseRows,
    ground_truths: run.groundTruths,
    labelled_failures: labelled.reduce((sum, failure) => sum + failure, 0),
    rows: to - from,
    promoted: run.promoted,
    meta_version: answers.metaVersions[from] ?? 0,
    cold_start: quality(coldStart, failures),
    champion: run.promoted ? quality(champion, failures) : quality(coldStart, failures),
    failures_in_riskiest_tenth: share(run.promoted ? champion : coldStart),
    failures_in_least_confident_tenth: share(coldStart),
  };
}

/** The live traffic that one meta-model version scored. */
export interface VersionTraffic {
  readonly version: number;
  readonly rows: number;
  readonly cold_start: Quality;
  readonly champion: Quality;
}

/** Figures of the rows [from, to) by the version that scored them, oldest version first. */
export function measureVersions(answers: Answers, from: number, to: number): VersionTraffic[] {
  const rows = Array.from({ length: to - from }, (_, offset) => from + offset);
  const versions = [...new Set(rows.map((row) => answers.metaVersions[row] ?? 0))].sort((a, b) => a - b);
  return versions.map((version) => {
    const own = rows.filter((row) => answers.metaVersions[row] === version);
    const failures = Uint8Array.from(own, (row) => answers.failures[row] ?? 0);
    const pick = (scores: Float64Array) => Float64Array.from(own, (row) => scores[row] ?? NaN);
    return { version, rows: own.length, cold_start: quality(pick(answers.coldStart), failures), champion: quality(pick(answers.failureProbabilities), failures) };
  });
}
