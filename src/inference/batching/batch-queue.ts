import { WaitingList } from './waiting-list.js';
import type { Place } from './waiting-list.js';

/** What the queue must know of a waiting request. */
export interface Waiting {
  readonly rows: number;
  /** Requests of equal shapes can share a batch. */
  readonly shape: string;
  /** Monotonic milliseconds. */
  readonly arrivedAt: number;
}

interface Lane<T> {
  readonly shape: string;
  readonly list: WaitingList<T>;
  rows: number;
}

/** Where a request waits; to take it out of turn. */
export interface Ticket<T> {
  readonly lane: Lane<T>;
  readonly place: Place<T>;
}

/**
 * Waiting requests in order of arrival, one lane for each shape; sizes are in rows. Every operation costs at most the
 * number of different shapes that wait, and that of the requests it takes.
 */
export class BatchQueue<T extends Waiting> {
  readonly #lanes = new Map<string, Lane<T>>();
  #rows = 0;
  #requests = 0;

  get rows(): number {
    return this.#rows;
  }

  get requests(): number {
    return this.#requests;
  }

  push(request: T): Ticket<T> {
    let lane = this.#lanes.get(request.shape);
    if (lane === undefined) this.#lanes.set(request.shape, (lane = { shape: request.shape, list: new WaitingList<T>(), rows: 0 }));
    lane.rows += request.rows;
    this.#rows += request.rows;
    this.#requests++;
    return { lane, place: lane.list.push(request) };
  }

  /** Takes a request out of turn; it must still wait. */
  remove({ lane, place }: Ticket<T>): void {
    this.#leave(lane, place);
  }

  /** Arrival of the request that has waited longest; null when none waits. */
  oldestArrival(): number | null {
    return this.#oldest()?.list.first?.value.arrivedAt ?? null;
  }

  /** Whether some lane holds a batch to which nothing more could be added. */
  hasFullBatch(maxRows: number): boolean {
    for (const lane of this.#lanes.values()) if (lane.rows >= maxRows) return true;
    return false;
  }

  /**
   * The next batch: from a full lane if there is one and the caller wants only full ones, else from the lane of the
   * request that has waited longest. It takes requests in order while they fit; the first is taken whatever its size.
   */
  take(maxRows: number, onlyFull: boolean): T[] {
    const lane = onlyFull ? [...this.#lanes.values()].find((each) => each.rows >= maxRows) : this.#oldest();
    const batch: T[] = [];
    let rows = 0;
    for (let next = lane?.list.first ?? null; lane !== undefined && next !== null; next = lane.list.first) {
      if (batch.length > 0 && rows + next.value.rows > maxRows) break;
      rows += next.value.rows;
      batch.push(next.value);
      this.#leave(lane, next);
    }
    return batch;
  }

  /** Removes the requests that arrived at a time or before it. */
  takeArrivedUntil(time: number): T[] {
    const taken: T[] = [];
    for (const lane of [...this.#lanes.values()]) {
      for (let next = lane.list.first; next !== null && next.value.arrivedAt <= time; next = lane.list.first) {
        taken.push(next.value);
        this.#leave(lane, next);
      }
    }
    return taken;
  }

  #leave(lane: Lane<T>, place: Place<T>): void {
    lane.list.remove(place);
    lane.rows -= place.value.rows;
    this.#rows -= place.value.rows;
    this.#requests--;
    if (lane.list.first === null) this.#lanes.delete(lane.shape);
  }

  #oldest(): Lane<T> | undefined {
    let oldest: Lane<T> | undefined;
    let arrival = Infinity;
    for (const lane of this.#lanes.values()) {
      const first = lane.list.first;
      if (first !== null && first.value.arrivedAt < arrival) {
        arrival = first.value.arrivedAt;
        oldest = lane;
      }
    }
    return oldest;
  }
}
