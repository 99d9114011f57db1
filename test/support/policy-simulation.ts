import { calibrationTable, type CalibrationTable } from '../../src/meta/policy/calibration-table.js';
import type { RiskTarget } from '../../src/meta/policy/fixed-sequence.js';
import { riskThreshold } from '../../src/meta/policy/risk-threshold.js';
import type { Random } from '../../src/meta/training/random.js';
import { selectionWithGuaranteedRisk } from './policy-sgr.js';

/** Failure probabilities and what became of the rows. */
export interface Scored {
  readonly scores: Float64Array;
  readonly failures: Uint8Array;
}

/** What many rows show is taken for the truth: rows in order of failure probability, failures among the first so many. */
export interface Population {
  readonly scores: Float64Array;
  readonly failed: Float64Array;
}

/** A draw of labelled rows. */
export type Draw = (rows: number, random: Random) => Scored;

export interface World {
  readonly name: string;
  readonly population: Population;
  readonly draw: Draw;
}

export function populationOf({ scores, failures }: Scored): Population {
  const order = Int32Array.from(scores, (_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const failed = new Float64Array(order.length + 1);
  order.forEach((row, i) => (failed[i + 1] = (failed[i] ?? 0) + (failures[row] ?? 0)));
  return { scores: Float64Array.from(order, (row) => scores[row] ?? 0), failed };
}

/** Rows of a world of known rows, drawn with replacement. */
export function resampled(name: string, scored: Scored): World {
  const draw: Draw = (rows, random) => {
    const picked = Int32Array.from({ length: rows }, () => random.int(scored.scores.length));
    return { scores: Float64Array.from(picked, (row) => scored.scores[row] ?? 0), failures: Uint8Array.from(picked, (row) => scored.failures[row] ?? 0) };
  };
  return { name, population: populationOf(scored), draw };
}

/** What a threshold does in truth. */
export function inTruth({ scores, failed }: Population, threshold: number): { readonly coverage: number; readonly risk: number } {
  let [low, high] = [0, scores.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scores[middle] ?? 0) <= threshold) low = middle + 1;
    else high = middle;
  }
  return { coverage: low / scores.length, risk: low === 0 ? 0 : (failed[low] ?? 0) / low };
}

/** Coverage of the best threshold for somebody who knows the truth. */
export function oracleCoverage({ scores, failed }: Population, targetRisk: number): number {
  let best = 0;
  for (let rows = 1; rows <= scores.length; rows++) {
    const tied = rows < scores.length && scores[rows] === scores[rows - 1];
    if (!tied && (failed[rows] ?? 0) <= targetRisk * rows) best = rows;
  }
  return best / scores.length;
}

export function byFixedSequence(table: CalibrationTable, target: RiskTarget): number | null {
  return riskThreshold(table, target).threshold;
}

/** Of a draw as `populationOf` orders it. */
export function bySgr({ scores, failed }: Population, { targetRisk, delta }: RiskTarget): number | null {
  const outcomes = Uint8Array.from(scores, (_, i) => (failed[i + 1] ?? 0) - (failed[i] ?? 0));
  let accepted = selectionWithGuaranteedRisk(outcomes, targetRisk, delta);
  // Its order knows no ties, but a threshold does: a group that it cuts is left out.
  if (accepted < scores.length) while (accepted > 0 && scores[accepted] === scores[accepted - 1]) accepted--;
  return accepted === 0 ? null : (scores[accepted - 1] ?? null);
}

/** How recalibrations ended, over many of them. */
export class Tally {
  #runs = 0;
  #broken = 0;
  #refused = 0;
  #coverage = 0;

  add(population: Population, threshold: number | null, targetRisk: number): void {
    this.#runs++;
    if (threshold === null) {
      this.#refused++;
      return;
    }
    const { coverage, risk } = inTruth(population, threshold);
    this.#coverage += coverage;
    if (risk > targetRisk) this.#broken++;
  }

  get broken(): number {
    return this.#broken / this.#runs;
  }

  get refused(): number {
    return this.#refused / this.#runs;
  }

  /** Mean coverage, a refusal counted as 0. */
  get coverage(): number {
    return this.#coverage / this.#runs;
  }

  /** Mean coverage of those that did not refuse; NaN when all did. */
  get coverageWhereKnown(): number {
    return this.#coverage / (this.#runs - this.#refused);
  }
}

/** Both ways side by side. */
export interface Compared {
  readonly target: RiskTarget;
  readonly sequence: Tally;
  readonly sgr: Tally;
}

/** So many recalibrations of one world for several targets, by both ways on the same rows. */
export function recalibrate(world: World, rows: number, targets: readonly RiskTarget[], runs: number, random: Random): readonly Compared[] {
  const compared = targets.map((target) => ({ target, sequence: new Tally(), sgr: new Tally() }));
  for (let run = 0; run < runs; run++) {
    const drawn = world.draw(rows, random);
    const table = calibrationTable(drawn.scores, drawn.failures);
    const sorted = populationOf(drawn);
    for (const { target, sequence, sgr } of compared) {
      sequence.add(world.population, byFixedSequence(table, target), target.targetRisk);
      sgr.add(world.population, bySgr(sorted, target), target.targetRisk);
    }
  }
  return compared;
}
