const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const shortClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

const DAY_MILLISECONDS = 86_400_000;

export const count = (value: number): string => whole.format(value);

/** 12,345 as 12.3 k, for places without room. */
export function shortCount(value: number): string {
  if (value < 10_000) return whole.format(value);
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} k` : `${(value / 1_000_000).toFixed(1)} M`;
}

/** A share as a percentage: 17.8 %, small ones with one digit more. */
export function percent(share: number | null, none = '–'): string {
  if (share === null) return none;
  const value = share * 100;
  return `${value.toFixed(value !== 0 && Math.abs(value) < 1 ? 2 : 1)} %`;
}

/** A share to the nearest percent. */
export const roughPercent = (share: number): string => `${Math.round(share * 100)} %`;

export const probability = (value: number | null): string => (value === null ? '–' : value.toFixed((value > 0 && value < 0.01) || (value > 0.99 && value < 1) ? 3 : 2));

export const decimals = (value: number | null, digits = 3): string => (value === null ? '–' : value.toFixed(digits));

/** A time of day, with the date where it is not today's. */
export function time(iso: string | number, now = Date.now()): string {
  const at = new Date(iso);
  const today = now - at.getTime() < DAY_MILLISECONDS && new Date(now).getDate() === at.getDate();
  return today ? clock.format(at) : `${day.format(at)}, ${shortClock.format(at)}`;
}

/** How long ago, in one unit. */
export function ago(iso: string, now = Date.now()): string {
  return `${duration(Math.max(0, now - Date.parse(iso)))} ago`;
}

const UNITS = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1_000, 's']] as const;

/** Milliseconds in the largest unit that has one of it. */
export function duration(milliseconds: number): string {
  const [size, unit] = UNITS.find(([each]) => milliseconds >= each) ?? [1_000, 's'];
  return `${Math.floor(milliseconds / size)} ${unit}`;
}

/** `one row`, `3 rows`. */
export const plural = (value: number, noun: string): string => (value === 1 ? `one ${noun}` : `${count(value)} ${noun}s`);
