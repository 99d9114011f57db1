import { concatBatches, groupKey } from './batch-concat.js';
import type { PredictionBatch } from './ledger.js';

interface Entry {
  /** 1, 2, ... in the order of arrival. */
  readonly number: number;
  readonly group: string;
  readonly batch: PredictionBatch;
}

/** Entries that become one append. */
export interface BufferedGroup {
  readonly batch: PredictionBatch;
  readonly entries: ReadonlySet<Entry>;
}

/** Batches that are not durable yet, oldest first. */
export class WriterBuffer {
  readonly #maxRows: number;
  readonly #ids = new Set<string>();
  /** Callers' own ids by their uses, of which one may have been written already. */
  readonly #callers = new Map<string, number>();
  #entries: Entry[] = [];
  /** What was given out and not removed since: an append that failed is given the same batch again. */
  #tried: BufferedGroup | null = null;
  #added = 0;
  #rows = 0;
  readonly #largeFrom: number;
  #largeRows = 0;

  /**
   * @param maxRows most rows of a group, except when its first batch alone has more.
   * @param largeFrom a batch with more rows than that is large.
   */
  constructor(maxRows: number, largeFrom: number) {
    this.#maxRows = maxRows;
    this.#largeFrom = largeFrom;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Those of large batches among them. */
  get largeRows(): number {
    return this.#largeRows;
  }

  /** Number of the newest batch that was ever added. */
  get newest(): number {
    return this.#added;
  }

  /** Whether a batch with this number or a lower one is still here. */
  holdsUpTo(number: number): boolean {
    const [first] = this.#entries;
    return first !== undefined && first.number <= number;
  }

  /** @param id a prediction id, or a caller's own id as `callerKey` writes it. */
  holds(id: string): boolean {
    return this.#ids.has(id) || this.#callers.has(id);
  }

  add(batch: PredictionBatch): void {
    this.#added += 1;
    this.#rows += batch.ids.length;
    this.#largeRows += this.#largeRowsOf(batch);
    this.#entries.push({ number: this.#added, group: groupKey(batch), batch });
    for (const id of batch.ids) this.#ids.add(id);
    for (const { key } of batch.callers) this.#callers.set(key, (this.#callers.get(key) ?? 0) + 1);
  }

  /** The oldest batch together with later ones of its kind; they stay here, and are what this returns, until `remove`. Null when empty. */
  oldestGroup(): BufferedGroup | null {
    this.#tried ??= this.#nextGroup();
    return this.#tried;
  }

  remove({ batch, entries }: BufferedGroup): void {
    this.#tried = null;
    this.#entries = this.#entries.filter((entry) => !entries.has(entry));
    this.#rows -= batch.ids.length;
    for (const entry of entries) this.#largeRows -= this.#largeRowsOf(entry.batch);
    for (const id of batch.ids) this.#ids.delete(id);
    for (const { key } of batch.callers) {
      const uses = this.#callers.get(key) ?? 0;
      if (uses > 1) this.#callers.set(key, uses - 1);
      else this.#callers.delete(key);
    }
  }

  #nextGroup(): BufferedGroup | null {
    const [first, ...others] = this.#entries;
    if (first === undefined) return null;
    const entries = [first];
    let rows = first.batch.ids.length;
    for (const entry of others) {
      if (rows >= this.#maxRows) break;
      if (entry.group !== first.group || rows + entry.batch.ids.length > this.#maxRows) continue;
      entries.push(entry);
      rows += entry.batch.ids.length;
    }
    return { batch: concatBatches([first.batch, ...entries.slice(1).map((entry) => entry.batch)]), entries: new Set(entries) };
  }

  #largeRowsOf({ ids }: PredictionBatch): number {
    return ids.length > this.#largeFrom ? ids.length : 0;
  }
}
