import type { Bins } from './bins.js';
import { LEARNING_RATE, logitCount } from './class-trees.js';
import { growTree, type Derivatives, type Tree } from './tree.js';

/** What a booster learns: rows with their classes, of which some take part. */
export interface BoosterTask {
  readonly bins: Bins;
  readonly classes: number;
  /** Class of each row; negative where it is not known. */
  readonly labels: Int32Array;
  /** Rows that it must not learn from, and is asked about; null: none. */
  readonly heldOut: Int32Array | null;
  /** Logits before the first round (see ClassTrees). */
  readonly start: Float64Array;
}

/**
 * Gradient boosting of the multinomial log loss (Friedman 2001) with second derivatives, round by round. Rows that are held out or have no class
 * lend nothing to the trees; their logits are kept up like all others'.
 */
export class ClassBooster {
  /** Rows x logitCount(classes). */
  readonly logits: Float64Array;
  readonly #task: BoosterTask;
  /** Of each row: whether it is learnt from. */
  readonly #isLearnt: Uint8Array;
  /** Rows x logits: probabilities of the classes that have one. */
  readonly #probabilities: Float64Array;
  readonly #derivatives: Derivatives;
  readonly #leaves: Uint8Array;

  constructor(task: BoosterTask) {
    const { bins: { rows }, labels, heldOut, start } = task;
    this.#task = task;
    this.logits = Float64Array.from({ length: rows * start.length }, (_, at) => start[at % start.length]!);
    this.#isLearnt = Uint8Array.from(labels, (label) => (label < 0 ? 0 : 1));
    for (const row of heldOut ?? []) this.#isLearnt[row] = 0;
    this.#probabilities = new Float64Array(this.logits.length);
    this.#derivatives = { gradients: new Float64Array(rows), curvatures: new Float64Array(rows) };
    this.#leaves = new Uint8Array(rows);
  }

  /** Grows one tree a logit. */
  round(): readonly Tree[] {
    const outputs = logitCount(this.#task.classes);
    fillProbabilities(this.logits, outputs, this.#probabilities);
    return Array.from({ length: outputs }, (_, output) => this.#grow(output, outputs));
  }

  #grow(output: number, outputs: number): Tree {
    const { bins, classes, labels } = this.#task;
    const { gradients, curvatures } = this.#derivatives;
    const wanted = outputs === 1 ? 1 : output;
    // Of K logits that move together each may go K / (K - 1) times as far (Friedman 2001, algorithm 6).
    const factor = outputs === 1 ? 1 : classes / (classes - 1);
    for (let i = 0; i < labels.length; i++) {
      const p = this.#probabilities[i * outputs + output]!;
      const isLearnt = this.#isLearnt[i]!;
      gradients[i] = isLearnt * (p - (labels[i] === wanted ? 1 : 0));
      curvatures[i] = isLearnt * factor * p * (1 - p);
    }
    const tree = growTree(bins, this.#derivatives, this.#leaves);
    for (let i = 0; i < labels.length; i++) this.logits[i * outputs + output]! += LEARNING_RATE * tree.values[this.#leaves[i]!]!;
    return tree;
  }
}

/** Softmax of each row's logits; of a single logit the probability of class 1. */
function fillProbabilities(logits: Float64Array, outputs: number, probabilities: Float64Array): void {
  if (outputs === 1) {
    for (let i = 0; i < logits.length; i++) probabilities[i] = 1 / (1 + Math.exp(-logits[i]!));
    return;
  }
  for (let from = 0; from < logits.length; from += outputs) {
    let largest = -Infinity;
    for (let at = from; at < from + outputs; at++) largest = Math.max(largest, logits[at]!);
    let sum = 0;
    for (let at = from; at < from + outputs; at++) sum += probabilities[at] = Math.exp(logits[at]! - largest);
    for (let at = from; at < from + outputs; at++) probabilities[at]! /= sum;
  }
}
