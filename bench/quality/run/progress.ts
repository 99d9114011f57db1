import { settingName } from '../grid/units.js';
import type { Setting } from '../grid/units.js';

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Rows that a unit handles, roughly: units of large data sets take longer. */
function weightOf({ data, baseRows }: Setting): number {
  return (data === 'digits' ? 1 : data === 'satellite' ? 3 : 10) + baseRows / 2000;
}

/** Lines about done, total and the time that is left. */
export class Progress {
  readonly #total: number;
  readonly #weight: number;
  readonly #start: number;
  #done = 0;
  #doneWeight = 0;

  constructor(units: readonly Setting[], now: number) {
    this.#total = units.length;
    this.#weight = units.reduce((sum, unit) => sum + weightOf(unit), 0);
    this.#start = now;
  }

  /** The line after a unit; `now` in milliseconds. */
  after(unit: Setting & { readonly seed: number }, now: number): string {
    this.#done++;
    this.#doneWeight += weightOf(unit);
    const passed = (now - this.#start) / 1000;
    const left = (passed * (this.#weight - this.#doneWeight)) / this.#doneWeight;
    return `${this.#done}/${this.#total} ${settingName(unit)} seed ${unit.seed}, ${clock(passed)} passed, about ${clock(left)} left`;
  }
}
