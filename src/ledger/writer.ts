import type { Metrics } from '../core/metrics.js';
import type { PredictionBatch } from './ledger.js';
import { WriterLane, type LaneOptions } from './writer-lane.js';

const RESULTS = ['written', 'failed', 'dropped'] as const;

export interface LedgerWriterOptions extends LaneOptions {
  readonly metrics: Pick<Metrics, 'ledgerRows' | 'ledgerQueueRows'>;
  /** While writes work, batches that alone have more than `maxBufferedRows` are taken besides, with so many rows together. */
  readonly maxLargeRows: number;
}

/** Writes predictions to the ledger off the request path. */
export interface LedgerWriter {
  /** Takes a batch; never throws and never waits. False when it was dropped, which is logged: there is no room, or the writer is closed. */
  add(batch: PredictionBatch): boolean;
  /**
   * Resolves when everything added before is durable; rejects with LEDGER_UNAVAILABLE when it cannot be made so now, or when some was refused
   * and all else is. With ids (as for `holds`) it waits for what they name, and for no larger batches than theirs.
   */
  flush(ids?: readonly string[]): Promise<void>;
  /** Whether rows of this prediction are buffered and not durable yet; it may also be named by a caller's own id (`callerKey`). */
  holds(id: string): boolean;
  /** True from a failed append until one succeeds. */
  readonly degraded: boolean;
  /** Takes no more batches and flushes; rejects as `flush` does, with what is left counted as dropped. Idempotent. */
  close(): Promise<void>;
}

/** Batches of more rows than one append should have are written beside the others: nothing waits until a very large one is written. */
export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  return new BufferedLedgerWriter(options);
}

class BufferedLedgerWriter implements LedgerWriter {
  readonly #options: LedgerWriterOptions;
  readonly #few: WriterLane;
  readonly #many: WriterLane;
  readonly #lanes: readonly WriterLane[];
  #closing: Promise<void> | null = null;
  /** Whether a batch was dropped since nothing waited: it is logged once. */
  #overflowing = false;

  constructor(options: LedgerWriterOptions) {
    this.#options = options;
    const onRemoved = (): void => this.#removed();
    this.#lanes = [(this.#few = new WriterLane(options, onRemoved)), (this.#many = new WriterLane(options, onRemoved))];
    // A series that begins with its first event has no increase at that event, and no alert sees it.
    for (const result of RESULTS) options.metrics.ledgerRows.inc({ result }, 0);
  }

  get degraded(): boolean {
    return this.#lanes.some((lane) => lane.degraded);
  }

  add(batch: PredictionBatch): boolean {
    const rows = batch.ids.length;
    if (this.#closing !== null || !this.#hasRoom(rows)) {
      this.#drop(rows);
      return false;
    }
    (rows > this.#options.maxRows ? this.#many : this.#few).add(batch);
    this.#showDepth();
    return true;
  }

  async flush(ids?: readonly string[]): Promise<void> {
    const lanes = ids === undefined ? this.#lanes : this.#lanes.filter((lane) => ids.some((id) => lane.holds(id)));
    const flushed = await Promise.allSettled(lanes.map((lane) => lane.flush()));
    const failed = flushed.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  holds(id: string): boolean {
    return this.#lanes.some((lane) => lane.holds(id));
  }

  close(): Promise<void> {
    this.#closing ??= this.flush().finally(() => {
      for (const lane of this.#lanes) lane.stop();
      this.#countDropped(this.#waiting().rows);
    });
    return this.#closing;
  }

  /** While writes fail, the limit is for all that waits; while they work, a large batch neither needs its room nor takes it from others. */
  #hasRoom(rows: number): boolean {
    const { maxBufferedRows, maxLargeRows } = this.#options;
    const { rows: waiting, largeRows } = this.#waiting();
    if (this.degraded) return waiting + rows <= maxBufferedRows;
    return rows > maxBufferedRows ? largeRows + rows <= maxLargeRows : waiting - largeRows + rows <= maxBufferedRows;
  }

  #waiting(): { readonly rows: number; readonly largeRows: number } {
    const { waiting: few } = this.#few;
    const { waiting: many } = this.#many;
    return { rows: few.rows + many.rows, largeRows: few.largeRows + many.largeRows };
  }

  #drop(rows: number): void {
    this.#countDropped(rows);
    if (this.#overflowing) return;
    this.#overflowing = true;
    const reason = this.#closing === null ? 'too many rows wait for the ledger' : 'the writer is closed';
    this.#options.logger.error({ rows, waiting: this.#waiting().rows, limit: this.#options.maxBufferedRows }, `prediction rows dropped: ${reason}`);
  }

  #countDropped(rows: number): void {
    if (rows > 0) this.#options.metrics.ledgerRows.inc({ result: 'dropped' }, rows);
  }

  #removed(): void {
    if (this.#waiting().rows === 0) this.#overflowing = false;
    this.#showDepth();
  }

  #showDepth(): void {
    this.#options.metrics.ledgerQueueRows.set(this.#waiting().rows);
  }
}
