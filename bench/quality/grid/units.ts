import type { StreamName } from '../data/load.js';

/**
 * What happens to the live stream and the test rows.
 * - `plain`: they come from where the base-training rows came from;
 * - `noise`: their inputs are noisy;
 * - `mix`: half of the classes are rare in them;
 * - `selected`: only the riskier half of the stream, by 1 - confidence, is ever labelled.
 */
export type Scenario = 'plain' | 'noise' | 'mix' | 'selected';

/** `net`: one hidden layer; `forest`: a random forest; `smoothed`: the net trained on smoothed labels. */
export type Family = 'net' | 'forest' | 'smoothed';

/** One base model on one data set under one scenario; its cells differ in the number of labels. */
export interface Setting {
  readonly data: StreamName;
  readonly family: Family;
  readonly baseRows: number;
  readonly scenario: Scenario;
}

/** What one process works on at a time. */
export interface Unit extends Setting {
  readonly seed: number;
}

/** Rows of a weak and of a strong base model. */
interface BaseSizes {
  readonly data: StreamName;
  readonly net: readonly [weak: number, strong: number];
  readonly forest: readonly [weak: number, strong: number];
}

const BASES: readonly BaseSizes[] = [
  { data: 'digits', net: [100, 400], forest: [100, 400] },
  { data: 'letter', net: [2000, 9000], forest: [2000, 9000] },
  { data: 'satellite', net: [400, 2400], forest: [400, 2400] },
  { data: 'fashion', net: [2000, 4000], forest: [2000, 4000] },
  { data: 'fashion-full', net: [5000, 45_000], forest: [5000, 10_000] },
  { data: 'letter-pairs', net: [2000, 4000], forest: [2000, 4000] },
];

/** Data sets whose weak bases meet the scenarios beyond `plain`. */
const SHIFTED: readonly StreamName[] = ['letter', 'satellite'];
const SHIFTS: readonly Scenario[] = ['noise', 'mix', 'selected'];

const weakOf = ({ data, net, forest }: BaseSizes): Setting[] => [
  { data, family: 'net', baseRows: net[0], scenario: 'plain' },
  { data, family: 'forest', baseRows: forest[0], scenario: 'plain' },
];

/** The weak net and the weak forest of a data set, on a stream without a shift. */
export function weakSettings(data: StreamName): Setting[] {
  return BASES.filter((sizes) => sizes.data === data).flatMap(weakOf);
}

function settingsOf(sizes: BaseSizes): Setting[] {
  const { data, net, forest } = sizes;
  const plain = (family: Family, baseRows: number): Setting => ({ data, family, baseRows, scenario: 'plain' });
  const settings = [...net.map((rows) => plain('net', rows)), ...forest.map((rows) => plain('forest', rows)), plain('smoothed', net[0])];
  if (!SHIFTED.includes(data)) return settings;
  return [...settings, ...SHIFTS.flatMap((scenario) => weakOf(sizes).map((setting) => ({ ...setting, scenario })))];
}

export const SETTINGS: readonly Setting[] = BASES.flatMap(settingsOf);

/** The name of a setting, in options and tables: `letter/net-2000`, `letter/net-2000/noise`. */
export function settingName({ data, family, baseRows, scenario }: Setting): string {
  return `${data}/${family}-${baseRows}${scenario === 'plain' ? '' : `/${scenario}`}`;
}

/** The name of a unit: that of its setting and the seed. */
export function unitName(unit: Unit): string {
  return `${settingName(unit)}#${unit.seed}`;
}
