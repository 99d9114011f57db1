/** The little of SVG that the pictures need; coordinates in pixels. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Okabe and Ito's colours, which the colour-blind can tell apart; on white they read in light and dark pages. */
export const COLOURS = { blue: '#0072b2', orange: '#d55e00', green: '#009e73', purple: '#a4508b', grey: '#767676' } as const;
const INK = '#24292f';
const GRID = '#e3e6ea';
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif"';

const number = (value: number): string => String(Math.round(value * 10) / 10);

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  readonly bold?: boolean;
  /** Turned by 90 degrees to the left. */
  readonly upright?: boolean;
}

export function text({ x, y }: Point, content: string, { size = 12, anchor = 'start', colour = INK, bold = false, upright = false }: TextStyle = {}): string {
  const turn = upright ? ` transform="rotate(-90 ${number(x)} ${number(y)})"` : '';
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${number(x)}" y="${number(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}"${weight}${turn}>${escapeText(content)}</text>`;
}

export interface LineStyle {
  readonly colour: string;
  readonly width?: number;
  readonly dashes?: string;
}

export function polyline(points: readonly Point[], { colour, width = 2, dashes }: LineStyle): string {
  const places = points.map(({ x, y }) => `${number(x)},${number(y)}`).join(' ');
  const pattern = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`;
  return `<polyline points="${places}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${pattern}/>`;
}

export function gridLine(from: Point, to: Point): string {
  return polyline([from, to], { colour: GRID, width: 1 });
}

export function dot({ x, y }: Point, colour: string): string {
  return `<circle cx="${number(x)}" cy="${number(y)}" r="3" fill="${colour}"/>`;
}

/** A whole picture on white, so that it reads on dark pages too. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${FONT} role="img">`;
  return `${[head, `<title>${escapeText(title)}</title>`, `<rect width="${width}" height="${height}" fill="#ffffff"/>`, ...parts, '</svg>'].join('\n')}\n`;
}
