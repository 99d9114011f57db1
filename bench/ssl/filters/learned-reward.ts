import { logLossOfLogit, sigmoid } from '../../../src/meta/linear/numerics.js';
import { evaluateMembers, evaluateNets, memberWeights } from '../../../src/meta/training/net-evaluation.js';
import { trainNets } from '../../../src/meta/training/net-trainer.js';
import type { NetWeights } from '../../../src/meta/training/net-types.js';
import { FOLDS } from '../teacher/class-folds.js';
import type { Filter, FilterInput } from './filter.js';
import { pairsOf, wrongLabels, type Pairs } from './rewarded-pairs.js';

const NET = { hidden: 64, batchSize: 32, steps: 1600, snapshots: [100, 200, 400, 800, 1600], learningRate: 1e-3, weightDecay: 0.5, zeroOutput: true } as const;

/** Pairs of the labelled rows and whether the label is right: with the true label, with a net's, and with a random wrong one. */
interface Lessons extends Pairs {
  readonly rewards: Int32Array;
  /** The fold of each pair's row. */
  readonly folds: Uint8Array;
}

function lessonsOf({ budget, seed }: FilterInput): Lessons {
  const sets = [budget.labels, budget.truths, wrongLabels(budget.truths, budget.classes, seed)];
  const pairs = sets.map((labels) => pairsOf(budget, labels));
  const { width } = pairs[0]!;
  const inputs = new Float32Array(sets.length * budget.rows * width);
  pairs.forEach((each, at) => inputs.set(each.inputs, at * each.inputs.length));
  const rewards = Int32Array.from(sets.flatMap((labels) => Array.from(labels, (label, row) => Number(label === budget.truths[row]))));
  const folds = Uint8Array.from(sets.flatMap(() => [...budget.folds]));
  return { rows: rewards.length, width, inputs, rewards, folds };
}

/** Logits that the net of each fold gives the pairs of its own rows. */
async function heldOutLogits(weights: NetWeights, { inputs, rows, folds }: Lessons, pairs: number): Promise<Float64Array> {
  const own = Array.from({ length: FOLDS + 1 }, (_, fold) => Int32Array.from({ length: pairs }, (_, row) => row).filter((row) => folds[row] === fold));
  const outputs = await evaluateMembers(weights, inputs, rows, own);
  const logits = new Float64Array(pairs);
  outputs.forEach((values, fold) => own[fold]!.forEach((row, at) => (logits[row] = values[at]!)));
  return logits;
}

/**
 * SemiReward's filter (Li et al., ICLR 2024): a net learns from labelled rows to reward right pairs of a row and a label; pseudo-labels
 * with at least the mean reward of the unlabelled rows pass. Here in small: a hidden layer over inputs, probabilities and label in place of
 * the attention over a backbone's features, rewards of 0 and 1, no second stage online. The steps are those of the lowest held-out loss.
 */
export const learnedReward: Filter = {
  name: 'learned reward',
  kind: 'published',
  async score(input) {
    const lessons = lessonsOf(input);
    const { rows, width, inputs, rewards, folds } = lessons;
    const all = Int32Array.from({ length: rows }, (_, row) => row);
    const members = [...Array.from({ length: FOLDS }, (_, fold) => all.filter((row) => folds[row] !== fold)), all];
    const snapshots = await trainNets({ head: 'sigmoid', inputs, rows, width, outputs: 1, offsets: null, targets: rewards }, members, { ...NET, seed: input.seed });
    let best: { readonly weights: NetWeights; readonly logits: Float64Array; readonly loss: number } | null = null;
    for (const weights of snapshots) {
      // The first pairs are those of the labels in question.
      const logits = await heldOutLogits(weights, lessons, input.budget.rows);
      const loss = logits.reduce((sum, logit, row) => sum + logLossOfLogit(logit, rewards[row]!), 0);
      if (best === null || loss < best.loss) best = { weights, logits, loss };
    }
    if (best === null) throw new Error('the training gave no snapshot');
    const pool = pairsOf(input.pool, input.pool.labels);
    const outputs = await evaluateNets(memberWeights(best.weights, FOLDS), pool.inputs, pool.rows);
    const scores = Float64Array.from(outputs, (logit) => 1 - sigmoid(logit));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return { budget: best.logits.map((logit) => 1 - sigmoid(logit)), pool: scores, published: mean };
  },
};
