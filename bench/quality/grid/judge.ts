import type { Baseline, Scores } from '../baseline.js';
import { curvesOf, figuresOf } from '../metrics/figures.js';
import { drawRows, resampledEaurc } from '../../../src/meta/evaluation/resampled-eaurc.js';
import type { Draws } from '../../../src/meta/evaluation/resampled-eaurc.js';
import { packResamples } from './results.js';
import type { MethodResult } from './results.js';

const RESAMPLES = 200;
/** Curves are drawn of one seed, and take much room. */
const SEED_OF_CURVES = 1;

/** Judges the methods of a unit on the same test rows, with the same draws. */
export class Judge {
  readonly #failures: Uint8Array;
  readonly #draws: Draws;
  readonly #withCurves: boolean;

  constructor(failures: Uint8Array, seed: number) {
    this.#failures = failures;
    this.#draws = drawRows(failures.length, RESAMPLES, seed);
    this.#withCurves = seed === SEED_OF_CURVES;
  }

  judge({ name, needs, competes }: Pick<Baseline, 'name' | 'needs' | 'competes'>, scores: Scores): MethodResult {
    const figures = figuresOf(scores, this.#failures);
    const resamples = packResamples(resampledEaurc(scores.scores, this.#failures, this.#draws));
    return { name, needs, competes, figures, resamples, curves: this.#withCurves ? curvesOf(scores, this.#failures) : null };
  }
}
