import type { StreamName } from '../../quality/data/load.js';
import { settingName, weakSettings } from '../../quality/grid/units.js';
import type { Setting } from '../../quality/grid/units.js';

/** What happens to the stream: nothing; noise on the inputs; half of the classes become rare. */
export const SHIFTS = ['none', 'noise', 'mix'] as const;
export type Shift = (typeof SHIFTS)[number];

const DATA: readonly StreamName[] = ['letter', 'satellite', 'fashion'];

/** One base model on one data set under one shift. */
export interface ShiftSetting extends Omit<Setting, 'scenario'> {
  readonly shift: Shift;
}

/** What one process works on at a time. */
export interface ShiftUnit extends ShiftSetting {
  readonly seed: number;
}

export const SHIFT_SETTINGS: readonly ShiftSetting[] = DATA.flatMap(weakSettings).flatMap(({ data, family, baseRows }) => SHIFTS.map((shift) => ({ data, family, baseRows, shift })));

/** The name of a setting, in options and tables: `letter/net-2000/noise`. */
export function shiftSettingName({ shift, ...base }: ShiftSetting): string {
  return `${settingName({ ...base, scenario: 'plain' })}/${shift}`;
}

/** The name of a unit: that of its setting and the seed. */
export function shiftUnitName(unit: ShiftUnit): string {
  return `${shiftSettingName(unit)}#${unit.seed}`;
}
