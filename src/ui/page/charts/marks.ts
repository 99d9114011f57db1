import type uPlot from 'uplot';
import type { Job, MetaModel } from '../types.js';
import type { Colors } from './colors.js';

/** Something that happened at a moment, in seconds since 1970. */
export interface Mark {
  readonly at: number;
  /** A promotion has a name, a retraining that changed nothing has none. */
  readonly name: string | null;
}

const seconds = (iso: string): number => Date.parse(iso) / 1_000;

/** Promotions, and retrainings after which the champion stayed. */
export function marksOf(metaModels: readonly MetaModel[], jobs: readonly Job[]): readonly Mark[] {
  const promotions = metaModels.flatMap(({ version, promoted_at: at }) => (at === null ? [] : [{ at: seconds(at), name: `v${version}` }]));
  const others = jobs.flatMap(({ ended_at: at, result }) => (at !== null && result?.promoted === false ? [{ at: seconds(at), name: null }] : []));
  return [...promotions, ...others].sort((a, b) => a.at - b.at);
}

/** Draws a line for each mark that is in the range of x, and the name of a promotion where there is room for it. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], colors: Colors): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  let free = -Infinity;
  ctx.save();
  ctx.font = `600 ${10.5 * ratio}px Inter, system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  for (const { at, name } of marks) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = name === null ? colors['line-strong'] : colors.soft;
    ctx.lineWidth = ratio;
    ctx.setLineDash(name === null ? [2 * ratio, 4 * ratio] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + (name === null ? 16 * ratio : 0));
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (name === null || x < free) continue;
    const width = ctx.measureText(name).width + 8 * ratio;
    const left = Math.min(x, bbox.left + bbox.width - width);
    ctx.fillStyle = colors.soft;
    ctx.fillRect(left, bbox.top, width, 15 * ratio);
    ctx.fillStyle = colors.surface;
    ctx.fillText(name, left + 4 * ratio, bbox.top + 2.5 * ratio);
    free = left + width + 2 * ratio;
  }
  ctx.restore();
}
