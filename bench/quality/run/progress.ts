function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** How units are named, and how long each takes beside the others. */
export interface UnitKind<Unit> {
  nameOf(unit: Unit): string;
  weightOf(unit: Unit): number;
}

/** Lines about done, total and the time that is left. */
export class Progress<Unit> {
  readonly #kind: UnitKind<Unit>;
  readonly #total: number;
  readonly #weight: number;
  readonly #start: number;
  #done = 0;
  #doneWeight = 0;

  /** `now` in milliseconds, as for `after`. */
  constructor(units: readonly Unit[], kind: UnitKind<Unit>, now: number) {
    this.#kind = kind;
    this.#total = units.length;
    this.#weight = units.reduce((sum, unit) => sum + kind.weightOf(unit), 0);
    this.#start = now;
  }

  /** The line after a unit. */
  after(unit: Unit, now: number): string {
    this.#done++;
    this.#doneWeight += this.#kind.weightOf(unit);
    const passed = (now - this.#start) / 1000;
    const left = (passed * (this.#weight - this.#doneWeight)) / this.#doneWeight;
    return `${this.#done}/${this.#total} ${this.#kind.nameOf(unit)}, ${clock(passed)} passed, about ${clock(left)} left`;
  }
}
