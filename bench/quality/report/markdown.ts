/** Rows of a Markdown table under their heads. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}

const NOTHING = '-';

export function fixed(value: number | null | undefined, places: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NOTHING : value.toFixed(places);
}

/** E-AURC and AURC are shown in thousandths. */
export function thousandths(value: number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : fixed(1000 * value, value < 0.001 ? 2 : 1);
}

export function percent(value: number | null | undefined, places = 1): string {
  return value === null || value === undefined ? NOTHING : fixed(100 * value, places);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Two or three digits that count, so that small ratios can be told apart. */
export function ratio(value: number | null | undefined): string {
  return fixed(value, value !== null && value !== undefined && value < 0.1 ? 3 : 2);
}
