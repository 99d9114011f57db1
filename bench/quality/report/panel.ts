import type { Axis } from './axis.js';
import { dot, gridLine, picture, polyline, text } from './svg.js';
import type { LineStyle, Point } from './svg.js';

export interface Series {
  readonly name: string;
  readonly style: LineStyle;
  readonly points: readonly Point[];
  readonly dots: boolean;
}

export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const PANEL = { width: 300, height: 250, left: 58, right: 14, top: 34, bottom: 46 } as const;
const LEGEND_ROW = 20;
const MARGIN = 12;
/** Legends need this width, even over a single panel. */
const LEAST_WIDTH = 620;
const SAMPLE = 26;
const LETTER = 6.6;

function drawPanel({ title, x, y, series }: Panel, origin: Point): string[] {
  const left = origin.x + PANEL.left;
  const top = origin.y + PANEL.top;
  const width = PANEL.width - PANEL.left - PANEL.right;
  const height = PANEL.height - PANEL.top - PANEL.bottom;
  const place = (point: Point): Point => ({ x: left + width * x.place(point.x), y: top + height * (1 - y.place(point.y)) });
  const bottom = top + height;
  const parts = [text({ x: left, y: origin.y + 22 }, title, { size: 13, bold: true })];
  for (const { value, label } of y.ticks) {
    const at = top + height * (1 - y.place(value));
    parts.push(gridLine({ x: left, y: at }, { x: left + width, y: at }), text({ x: left - 6, y: at + 4 }, label, { size: 11, anchor: 'end' }));
  }
  for (const { value, label } of x.ticks) parts.push(text({ x: left + width * x.place(value), y: bottom + 16 }, label, { size: 11, anchor: 'middle' }));
  parts.push(text({ x: left + width / 2, y: bottom + 34 }, x.title, { size: 11, anchor: 'middle' }));
  parts.push(text({ x: origin.x + 14, y: top + height / 2 }, y.title, { size: 11, anchor: 'middle', upright: true }));
  for (const { points, style, dots } of series) {
    const placed = points.map(place);
    parts.push(polyline(placed, style), ...(dots ? placed.map((point) => dot(point, style.colour)) : []));
  }
  return parts;
}

/** One entry for each name, in order, from left to right and on. */
function drawLegend(series: readonly Series[], width: number): { readonly parts: string[]; readonly height: number } {
  const named = new Map(series.map((each) => [each.name, each]));
  const parts: string[] = [];
  const at = { x: MARGIN, y: MARGIN + 8 };
  for (const { name, style } of named.values()) {
    const room = SAMPLE + 8 + name.length * LETTER + 18;
    if (at.x + room > width && at.x > MARGIN) Object.assign(at, { x: MARGIN, y: at.y + LEGEND_ROW });
    parts.push(polyline([{ x: at.x, y: at.y }, { x: at.x + SAMPLE, y: at.y }], style), text({ x: at.x + SAMPLE + 8, y: at.y + 4 }, name));
    at.x += room;
  }
  return { parts, height: at.y + LEGEND_ROW / 2 };
}

/** Panels in rows of `columns` under a common legend. */
export function drawPanels(title: string, panels: readonly Panel[], columns: number): string {
  const across = Math.min(columns, panels.length);
  const width = Math.max(LEAST_WIDTH, across * PANEL.width + MARGIN);
  const legend = drawLegend(panels.flatMap(({ series }) => series), width);
  const parts = panels.flatMap((panel, index) => {
    const row = Math.floor(index / across);
    return drawPanel(panel, { x: (index % across) * PANEL.width, y: legend.height + row * PANEL.height });
  });
  const height = legend.height + Math.ceil(panels.length / across) * PANEL.height + MARGIN;
  return picture(width, height, title, [...legend.parts, ...parts]);
}
