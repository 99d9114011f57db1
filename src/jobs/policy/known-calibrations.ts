import { decidedName, type DecidedModel } from '../../inference/decision-thresholds.js';
import type { PolicyCalibration } from '../contracts.js';

/** Corrections of ground truths, and predictions, are looked for at least this often. */
const STALE_MILLISECONDS = 60_000;

/** What was computed of one meta-model version. */
export interface Known {
  readonly calibration: PolicyCalibration;
  /** `Ledger.labelSequence` before the rows were read. */
  readonly labelSequence: number;
  /** Monotonic, milliseconds. */
  readonly computedAt: number;
}

/** The last calibrations, by model and policy, then by meta-model version. */
export class KnownCalibrations {
  readonly #known = new Map<string, Map<number, Known>>();

  get(model: DecidedModel, metaVersion: number): PolicyCalibration | null {
    return this.#of(model).get(metaVersion)?.calibration ?? null;
  }

  /** Keeps a calibration and returns the one before. */
  set(model: DecidedModel, known: Known): PolicyCalibration | null {
    const { metaVersion } = known.calibration;
    const before = this.get(model, metaVersion);
    this.#of(model).set(metaVersion, known);
    return before;
  }

  /** Forgets all versions but these. */
  keep(model: DecidedModel, versions: readonly number[]): void {
    const known = this.#of(model);
    for (const version of known.keys()) if (!versions.includes(version)) known.delete(version);
  }

  /** Whether it is time to compute a version: never before, or ground truths have come (not within the pause), or it is old. */
  due(model: DecidedModel, metaVersion: number, { labelSequence, now, pauseMilliseconds }: { labelSequence: number; now: number; pauseMilliseconds: number }): boolean {
    const known = this.#of(model).get(metaVersion);
    if (known === undefined) return true;
    const age = now - known.computedAt;
    const news = labelSequence !== known.labelSequence || known.calibration.morePredictions !== null;
    return age >= STALE_MILLISECONDS || (age >= pauseMilliseconds && news);
  }

  #of(model: DecidedModel): Map<number, Known> {
    const name = decidedName(model);
    const known = this.#known.get(name) ?? new Map<number, Known>();
    this.#known.set(name, known);
    return known;
  }
}
