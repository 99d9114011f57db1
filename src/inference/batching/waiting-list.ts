/** A place in a `WaitingList`. */
export interface Place<T> {
  readonly value: T;
  previous: Place<T> | null;
  next: Place<T> | null;
}

/** A first-in, first-out list from whose middle can be taken as well; every operation is O(1). */
export class WaitingList<T> {
  #first: Place<T> | null = null;
  #last: Place<T> | null = null;

  get first(): Place<T> | null {
    return this.#first;
  }

  push(value: T): Place<T> {
    const place: Place<T> = { value, previous: this.#last, next: null };
    if (this.#last === null) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    return place;
  }

  /** The place must be one of this list, and still in it. */
  remove(place: Place<T>): void {
    if (place.previous === null) this.#first = place.next;
    else place.previous.next = place.next;
    if (place.next === null) this.#last = place.previous;
    else place.next.previous = place.previous;
    place.previous = place.next = null;
  }
}
