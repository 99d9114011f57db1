import { runUnit } from '../grid/run-unit.js';
import { METAERR } from '../grid/results.js';
import type { CellResult } from '../grid/results.js';
import { settingName } from '../grid/units.js';
import type { Setting } from '../grid/units.js';

/** A cell's E-AURC. */
export interface Level {
  /** Such as `letter/net-2000 n=300`. */
  readonly cell: string;
  readonly metaerr: number;
  /** Of the best baseline that needs no labels. */
  readonly labelFree: number;
}

interface QuickSetting extends Setting {
  readonly sizes: readonly number[];
}

const SEED = 1;
/** Each family and each form of data; cells whose E-AURC is large enough not to be noise. */
const QUICK: readonly QuickSetting[] = [
  { data: 'digits', family: 'net', baseRows: 100, scenario: 'plain', sizes: [100] },
  { data: 'satellite', family: 'net', baseRows: 400, scenario: 'plain', sizes: [30, 300, 1000] },
  { data: 'letter', family: 'forest', baseRows: 2000, scenario: 'plain', sizes: [100, 300] },
  { data: 'letter', family: 'net', baseRows: 2000, scenario: 'noise', sizes: [300, 1000] },
  { data: 'letter', family: 'net', baseRows: 9000, scenario: 'plain', sizes: [1000] },
  { data: 'letter', family: 'net', baseRows: 2000, scenario: 'selected', sizes: [300] },
  { data: 'satellite', family: 'forest', baseRows: 400, scenario: 'mix', sizes: [300] },
  { data: 'letter-pairs', family: 'net', baseRows: 2000, scenario: 'plain', sizes: [300] },
  { data: 'fashion', family: 'smoothed', baseRows: 2000, scenario: 'plain', sizes: [300, 1000] },
];

function levelOf(name: string, { labels, methods }: CellResult): Level {
  const eaurc = (wanted: (method: CellResult['methods'][number]) => boolean): number =>
    methods.filter(wanted).reduce((least, { figures }) => Math.min(least, figures.eaurc ?? Infinity), Infinity);
  return {
    cell: `${name} n=${labels}`,
    metaerr: eaurc((method) => method.name === METAERR),
    labelFree: eaurc((method) => method.competes && method.needs === 'nothing'),
  };
}

/** Runs the quick cells in this process. */
export async function quickLevels(onCell: (level: Level) => void = () => undefined): Promise<Level[]> {
  const levels: Level[] = [];
  for (const { sizes, ...setting } of QUICK) {
    const { cells } = await runUnit({ ...setting, seed: SEED }, { sizes, everything: false });
    for (const cell of cells) {
      const level = levelOf(settingName(setting), cell);
      levels.push(level);
      onCell(level);
    }
  }
  return levels;
}
