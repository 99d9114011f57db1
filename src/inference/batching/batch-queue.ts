/** What the queue must know of a waiting request. */
export interface Waiting {
  readonly rows: number;
  /** Requests of equal shapes can share a batch. */
  readonly shape: string;
  /** Monotonic milliseconds. */
  readonly arrivedAt: number;
}

/**
 * Waiting requests in order of arrival, one lane for each shape; sizes are in rows. Every operation costs at most the
 * number of different shapes that wait.
 */
export class BatchQueue<T extends Waiting> {
  readonly #lanes = new Map<string, Lane<T>>();
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  get empty(): boolean {
    return this.#lanes.size === 0;
  }

  push(request: T): void {
    let lane = this.#lanes.get(request.shape);
    if (lane === undefined) this.#lanes.set(request.shape, (lane = new Lane<T>()));
    lane.push(request);
    this.#rows += request.rows;
  }

  /** Arrival of the request that has waited longest; null when none waits. */
  oldestArrival(): number | null {
    return this.#oldest()?.head()?.arrivedAt ?? null;
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
    for (let next = lane?.head(); lane !== undefined && next !== undefined; next = lane.head()) {
      if (batch.length > 0 && rows + next.rows > maxRows) break;
      rows += next.rows;
      batch.push(next);
      lane.shift();
    }
    this.#removed(lane, batch[0]?.shape, rows);
    return batch;
  }

  /** Removes the requests that arrived at a time or before it. */
  takeArrivedUntil(time: number): T[] {
    const taken: T[] = [];
    for (const [shape, lane] of [...this.#lanes]) {
      let rows = 0;
      for (let next = lane.head(); next !== undefined && next.arrivedAt <= time; next = lane.head()) {
        rows += next.rows;
        taken.push(next);
        lane.shift();
      }
      this.#removed(lane, shape, rows);
    }
    return taken;
  }

  #removed(lane: Lane<T> | undefined, shape: string | undefined, rows: number): void {
    this.#rows -= rows;
    if (lane !== undefined && shape !== undefined && lane.head() === undefined) this.#lanes.delete(shape);
  }

  #oldest(): Lane<T> | undefined {
    let oldest: Lane<T> | undefined;
    let arrival = Infinity;
    for (const lane of this.#lanes.values()) {
      const head = lane.head();
      if (head !== undefined && head.arrivedAt < arrival) {
        arrival = head.arrivedAt;
        oldest = lane;
      }
    }
    return oldest;
  }
}

/** A first-in, first-out list whose head moves; the array is cut when half of it is spent. */
class Lane<T extends Waiting> {
  #requests: T[] = [];
  #first = 0;
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  head(): T | undefined {
    return this.#requests[this.#first];
  }

  push(request: T): void {
    this.#requests.push(request);
    this.#rows += request.rows;
  }

  shift(): void {
    this.#rows -= this.head()?.rows ?? 0;
    this.#first++;
    if (this.#first * 2 > this.#requests.length) {
      this.#requests = this.#requests.slice(this.#first);
      this.#first = 0;
    }
  }
}
