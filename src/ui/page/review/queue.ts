import type { Prediction } from '../types.js';
import { answerWords, type Answer } from './answer.js';

const nameOf = ({ prediction_id: id, row }: Prediction): string => `${id} ${row}`;

/** The predictions that are looked at, which of them is shown, and what was said of them here. */
export class ReviewQueue {
  #items: readonly Prediction[] = [];
  readonly #given = new Map<string, Answer>();
  #history: string[] = [];
  #at = 0;

  get items(): readonly Prediction[] {
    return this.#items;
  }

  get index(): number {
    return this.#at;
  }

  get current(): Prediction | null {
    return this.#items[this.#at] ?? null;
  }

  /** How many were answered since the view was opened. */
  get answered(): number {
    return this.#given.size;
  }

  givenTo(prediction: Prediction): Answer | null {
    return this.#given.get(nameOf(prediction)) ?? null;
  }

  /** Another list, from its beginning. */
  replace(items: readonly Prediction[]): void {
    this.#items = items;
    this.#at = 0;
    this.#history = [];
  }

  /** More of the same list. */
  extend(items: readonly Prediction[]): void {
    const there = new Set(this.#items.map(nameOf));
    this.#items = [...this.#items, ...items.filter((item) => !there.has(nameOf(item)))];
  }

  move(by: number): void {
    this.select(this.#at + by);
  }

  select(index: number): void {
    this.#at = Math.min(Math.max(0, index), Math.max(0, this.#items.length - 1));
  }

  /** Notes what was said of a prediction, and goes to the next one that nothing was said of. */
  answer(prediction: Prediction, answer: Answer): void {
    this.#given.set(nameOf(prediction), answer);
    this.#history.push(nameOf(prediction));
    const next = this.#items.findIndex((item, index) => index > this.#at && this.givenTo(item) === null);
    if (next >= 0) this.#at = next;
  }

  /** Back to what was answered last, to say something else of it; the answer stands until then. */
  back(): boolean {
    const last = this.#history.pop();
    const index = this.#items.findIndex((item) => nameOf(item) === last);
    if (index >= 0) this.#at = index;
    return index >= 0;
  }

  wordsFor(prediction: Prediction): string {
    const given = this.givenTo(prediction);
    return given === null ? '' : answerWords(given);
  }
}
