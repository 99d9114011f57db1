import type { ValueFamily } from './value-models.js';

/**
 * `regression`: diamonds, failure is an error above 15 % of the predicted price. `custom`: the net of a classification set as a task that the
 * service knows nothing of but its outputs, with ground truths that say `correct` or not.
 */
export type OutcomeSetting =
  | { readonly task: 'regression'; readonly data: 'diamonds'; readonly family: ValueFamily; readonly baseRows: number }
  | { readonly task: 'custom'; readonly data: 'satellite' | 'letter'; readonly family: 'net'; readonly baseRows: number };

export interface OutcomeUnit {
  readonly setting: OutcomeSetting;
  readonly seed: number;
}

/** Largest error that is no failure, as a share of the prediction. */
export const TOLERANCE = 0.15;
/** Labelled rows. Without any, the service has no failure probability for these tasks. */
export const LABELS = [30, 100, 300, 1000, 3000] as const;
const FAMILIES: readonly ValueFamily[] = ['linear', 'features'];
const BASE_ROWS = [300, 2000] as const;

export const OUTCOME_SETTINGS: readonly OutcomeSetting[] = [
  ...FAMILIES.flatMap((family) => BASE_ROWS.map((baseRows): OutcomeSetting => ({ task: 'regression', data: 'diamonds', family, baseRows }))),
  { task: 'custom', data: 'satellite', family: 'net', baseRows: 400 },
  { task: 'custom', data: 'letter', family: 'net', baseRows: 2000 },
];

export function outcomeSettingName({ data, family, baseRows }: OutcomeSetting): string {
  return `${data}/${family}-${baseRows}`;
}

export function outcomeUnitName({ setting, seed }: OutcomeUnit): string {
  return `${outcomeSettingName(setting)}#${seed}`;
}
