import { comparePlaces, type Place } from './order.js';

/** Keeps the best so many of any number of elements, sorting now and then: O(n log limit) in all, and at most twice the limit is held. */
export class Best<T extends Place> {
  readonly #limit: number;
  #kept: T[] = [];
  /** Whether the limit was reached, and the last of the best then: what comes after it need not be added. */
  #bound: Place | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether an element at this place may be among the best. */
  admits(place: Place): boolean {
    return this.#bound === null || comparePlaces(place, this.#bound) < 0;
  }

  add(element: T): void {
    this.#kept.push(element);
    if (this.#kept.length >= 2 * this.#limit) this.#cut();
  }

  get count(): number {
    return this.#kept.length;
  }

  /** The best, in order. */
  sorted(): readonly T[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort(comparePlaces);
    if (this.#kept.length < this.#limit) return;
    this.#kept.length = this.#limit;
    this.#bound = this.#kept[this.#limit - 1] ?? null;
  }
}
