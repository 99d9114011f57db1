import { pairedEvidence, type PairedEvidence } from '../../src/meta/evaluation/paired-evidence.js';
import { judgeEvidence } from '../../src/meta/promotion/judge-holdout.js';
import { createRandom, type Random } from '../../src/meta/training/random.js';

/** A stream whose failure logits are normal, and models that know them up to noise of their own: equal noise, equally good models. */
export interface PromotionWorld {
  /** Mean of the failure logits; their deviation is 1.5. */
  readonly mean: number;
  /** Deviation of the champion's and of each challenger's noise. */
  readonly champion: number;
  readonly challenger: number;
  /** Rows that the first try is judged on; each further try adds as many, and the newest `window` of them judge. */
  readonly rows: number;
  readonly window: number;
  readonly tries: number;
}

/** At which try a challenger was first called better; null: never. `rule` says whether evidence at try 1, 2, ... makes it so. */
export type BetterRule = (evidence: PairedEvidence, attempt: number) => boolean;

/** The service's rule. */
export const spending: BetterRule = (evidence, attempt) => judgeEvidence(evidence, { grown: null, attempt }).way === 'better';
/** Without alpha spending: each try at the whole alpha. */
export const unspent: BetterRule = (evidence) => judgeEvidence(evidence, { grown: null, attempt: 1 }).way === 'better';
/** The rule of decision 4: lower, and lower in 80 % of the resamples. */
export const fourFifths: BetterRule = ({ logLoss }) => logLoss.ours < logLoss.theirs && logLoss.shareLower >= 0.8;

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** One run: rows come, each try brings a new challenger, the champion stays. The try at which each rule first calls one better. */
export function firstBetter(world: PromotionWorld, seed: number, rules: readonly BetterRule[]): (number | null)[] {
  const random = createRandom(seed, 0x9e37);
  const total = world.rows * world.tries;
  const logits = Float64Array.from({ length: total }, () => world.mean + 1.5 * random.normal());
  const failures = Uint8Array.from(logits, (z) => (random.uniform() < sigmoid(z) ? 1 : 0));
  const champion = scores(logits, world.champion, random);
  const first: (number | null)[] = rules.map(() => null);
  for (let attempt = 1; attempt <= world.tries && first.includes(null); attempt++) {
    const to = attempt * world.rows;
    const from = Math.max(0, to - world.window);
    const challenger = scores(logits.subarray(from, to), world.challenger, random);
    const evidence = pairedEvidence(challenger, champion.subarray(from, to), failures.subarray(from, to), attempt);
    rules.forEach((rule, i) => {
      if (first[i] === null && rule(evidence, attempt)) first[i] = attempt;
    });
  }
  return first;
}

/** A failure logit as a model knows it: up to normal noise. */
function scores(logits: Float64Array, noise: number, random: Random): Float64Array {
  return logits.map((z) => sigmoid(z + noise * random.normal()));
}
