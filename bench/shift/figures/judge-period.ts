import { brierLosses, mean } from '../../../src/meta/evaluation/losses.js';
import { logit, sigmoid } from '../../../src/meta/linear/numerics.js';
import type { Random } from '../../../src/meta/training/random.js';
import { DAY_ROWS } from '../data/shifted-stream.js';
import { METHODS, type Day, type Method, type Period, type PerMethod } from '../run/results.js';
import { eceByChance, eceOf, withinByChance } from './by-chance.js';

/** The same failure probabilities as if nothing had been added to their logits. */
export function withoutOffset(probabilities: Float64Array, offset: number): Float64Array {
  return offset === 0 ? probabilities : probabilities.map((p) => sigmoid(logit(p) - offset));
}

function perMethod<T>(value: (method: Method) => T): PerMethod<T> {
  return Object.fromEntries(METHODS.map((method) => [method, value(method)])) as Record<Method, T>;
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

/** The accounts of some predictions as one day. */
function dayOf(scores: PerMethod<Float64Array>, failures: Uint8Array, random: Random): Day {
  return {
    rows: failures.length,
    observed: sum(failures),
    expected: perMethod((method) => sum(scores[method])),
    variance: sum(scores.metaerr.map((p) => p * (1 - p))),
    chance: withinByChance(scores.metaerr, random),
  };
}

/** Days of 1,000 predictions in order of time, the last one shorter where they do not come out even. */
export function daysOf(scores: PerMethod<Float64Array>, failures: Uint8Array, random: Random): Day[] {
  return Array.from({ length: Math.ceil(failures.length / DAY_ROWS) }, (_, day) => {
    const [from, to] = [day * DAY_ROWS, (day + 1) * DAY_ROWS];
    return dayOf(perMethod((method) => scores[method].subarray(from, to)), failures.subarray(from, to), random);
  });
}

/** Every figure of the failure probabilities of one period; all have one element a prediction. */
export function judgePeriod(scores: PerMethod<Float64Array>, failures: Uint8Array, random: Random): Pick<Period, 'days' | 'brier' | 'ece' | 'eceByChance'> {
  return {
    days: daysOf(scores, failures, random),
    brier: perMethod((method) => mean(brierLosses(scores[method], failures)) ?? NaN),
    ece: perMethod((method) => eceOf(scores[method], failures)),
    eceByChance: eceByChance(scores.metaerr, random),
  };
}
