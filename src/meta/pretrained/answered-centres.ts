import type { KernelClassifier } from '../kernel/kernel-score.js';

/** How far opinions look: gamma by the inverse of the median squared distance. */
export const REACHES = [2, 8, 24] as const;
/** Position of the reach at which the consensus is. */
export const CONSENSUS_REACH = 1;

/** What was predicted for a set of rows, the centres of several opinions. */
export interface AnsweredCentres {
  /** One for each reach, with the same centres. */
  readonly classifiers: readonly KernelClassifier[];
  /** m x (2 + 2 classes), a centre a row: 1, the failure logit by confidence, the base model's probabilities, the indicator of its class. */
  readonly answers: Float32Array;
  /** 2 + 2 classes: the means of its columns. */
  readonly means: Float32Array;
  /** classes each: logarithm of the share of the class among the answers, and their mean failure logit (of all where it is never named). */
  readonly logShares: Float32Array;
  readonly doubts: Float32Array;
}

/** Rows as answered by the base model. */
export interface Answers {
  readonly rows: number;
  readonly classes: number;
  /** rows x classes. */
  readonly logProbabilities: Float32Array;
  readonly predicted: Int32Array;
  /** Failure logit by confidence of each row. */
  readonly confidence: Float32Array;
}

/** Puts opinions and what was answered at their centres together; the centres are the newest of the rows. */
export function answeredCentres(classifiers: readonly KernelClassifier[], { rows, classes, logProbabilities, predicted, confidence }: Answers): AnsweredCentres {
  const width = 2 + 2 * classes;
  const count = classifiers[0]!.coefficients.length / classes;
  const answers = new Float32Array(count * width);
  const means = new Float32Array(width);
  for (let centre = 0; centre < count; centre++) {
    const row = rows - count + centre;
    const at = centre * width;
    answers[at] = 1;
    answers[at + 1] = confidence[row]!;
    for (let k = 0; k < classes; k++) answers[at + 2 + k] = Math.exp(logProbabilities[row * classes + k]!);
    answers[at + 2 + classes + predicted[row]!] = 1;
    for (let j = 0; j < width; j++) means[j]! += answers[at + j]! / count;
  }
  return { classifiers, answers, means, ...byClass(classes, predicted, confidence) };
}

function byClass(classes: number, predicted: Int32Array, confidence: Float32Array): Pick<AnsweredCentres, 'logShares' | 'doubts'> {
  const counts = new Float64Array(classes);
  const sums = new Float64Array(classes);
  predicted.forEach((label, row) => {
    counts[label]! += 1;
    sums[label]! += confidence[row]!;
  });
  const overall = sums.reduce((sum, value) => sum + value, 0) / predicted.length;
  return {
    logShares: Float32Array.from(counts, (count) => Math.log((count + 1) / (predicted.length + classes))),
    doubts: Float32Array.from(counts, (count, label) => (count === 0 ? overall : sums[label]! / count)),
  };
}
