/** A scale from numbers to pixels. */
export interface Axis {
  readonly title: string;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** From 0 (start of the axis) to 1. */
  place(value: number): number;
}

/** The least number of 1, 2 and 5 times a power of ten that is not below `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((each) => each * power >= rough * 0.999) ?? 10;
  return factor * power;
}

/** More labels would run into each other. */
const MOST_STEPS = 6;

/** From 0 to a little above `most`. */
export function linearAxis(title: string, most: number, label: (value: number) => string): Axis {
  const step = roundStep(Math.max(most, 1e-9) / MOST_STEPS);
  const end = step * Math.ceil(most / step - 1e-9);
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => ({ value: index * step, label: label(index * step) }));
  return { title, ticks, place: (value) => value / end };
}

const THOUSAND = 1000;

/** Equal room for each of the values; thousands are written short. */
export function stepAxis(title: string, values: readonly number[]): Axis {
  const ticks = values.map((value) => ({ value, label: value < THOUSAND ? String(value) : `${value / THOUSAND}k` }));
  return { title, ticks, place: (value) => (values.indexOf(value) + 0.5) / values.length };
}
