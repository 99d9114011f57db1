import { h, on } from './dom.js';

/** Spans of time that can be looked at: name and hours. */
const RANGES = [['15 min', 0.25], ['1 h', 1], ['6 h', 6], ['24 h', 24], ['7 d', 168], ['30 d', 720]] as const;
const NAME = 'metaerr-range-hours';
const STANDARD_HOURS = 24;

function hours(): number {
  const stored = Number(localStorage.getItem(NAME));
  return RANGES.some(([, each]) => each === stored) ? stored : STANDARD_HOURS;
}

/** The parameters of a request for the span that is looked at, which begins with its first prediction. */
export const rangeStart = (now = Date.now()): string => new Date(now - hours() * 3_600_000).toISOString();

export const rangeName = (): string => RANGES.find(([, each]) => each === hours())?.[0] ?? '';

/** A menu of spans; `changed` is called after a choice. */
export function rangeMenu(changed: () => void): HTMLElement {
  const menu = h('select', { 'aria-label': 'Span of time', class: 'range' }, ...RANGES.map(([name, each]) => h('option', { value: each, selected: each === hours() }, `Last ${name}`)));
  return on(menu, 'change', () => {
    localStorage.setItem(NAME, menu.value);
    changed();
  });
}
