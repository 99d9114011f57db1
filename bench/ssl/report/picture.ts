import { linearAxis } from '../../quality/report/axis.js';
import { drawPanels, type Panel, type Series } from '../../quality/report/panel.js';
import { COLOURS } from '../../quality/report/svg.js';
import { AS_SERVED } from '../metaerr/as-served.js';
import { METAERR } from '../metaerr/metaerr.js';
import { mean, type SetResults } from './cells.js';

const STYLES: readonly (readonly [name: string, style: Series['style']])[] = [
  ['fixed confidence', { colour: COLOURS.grey }],
  ['uncertainty-aware', { colour: COLOURS.green }],
  ['learned reward', { colour: COLOURS.purple }],
  [AS_SERVED, { colour: COLOURS.blue, dashes: '5 4' }],
  [METAERR, { colour: COLOURS.blue, width: 2.5 }],
];
const COLUMNS = 2;

function panelOf({ set, results }: SetResults): Panel {
  const series = STYLES.map(([name, style]): Series => {
    const ranks = results.map(({ methods }) => methods.find((method) => method.name === name)?.wrongByRank ?? []);
    const points = (ranks[0] ?? []).map((_, at, all) => {
      const share = (at + 1) / all.length;
      const unlabelled = results[0]?.unlabelled ?? 1;
      return { x: 100 * share, y: (100 * mean(ranks.map((wrong) => wrong[at] ?? NaN))) / Math.round(share * unlabelled) };
    });
    return { name, style, points, dots: false };
  });
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y)));
  const label = (value: number): string => String(Math.round(10 * value) / 10);
  return { title: set, x: linearAxis('selected %', 100, label), y: linearAxis('wrong labels %', most, label), series };
}

/** Wrong labels over the share that is selected, a panel a set. */
export function noisePicture(sets: readonly SetResults[]): string {
  return drawPanels('Wrong pseudo-labels over coverage', sets.map(panelOf), COLUMNS);
}
