import { backOff } from '../core/back-off.js';
import type { Clock, Timer } from '../core/clock.js';
import { MetaErrError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { LabelChange, Ledger, PredictionBatch } from './ledger.js';
import { PartlyWritten } from './partly-written.js';
import { WriterBuffer, type BufferedGroup } from './writer-buffer.js';

const MAX_BACK_OFF_MILLISECONDS = 30_000;

export interface LaneOptions {
  readonly ledger: Pick<Ledger, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'ledgerRows'>;
  /** Longest time that rows wait before a write is tried. */
  readonly flushIntervalMilliseconds: number;
  /** So many rows are written without waiting for the interval; also the most rows in one append, except for a larger reply. */
  readonly maxRows: number;
  /** Beyond so many rows that are not durable yet, batches are dropped. */
  readonly maxBufferedRows: number;
  /** Called after an append with what it changed, when ground truths had been pending for its rows. */
  onChanges(changes: readonly LabelChange[]): void;
}

/** The ledger will never take these rows: they were dropped. */
class RowsRefused extends MetaErrError {
  constructor(cause: unknown) {
    super('LEDGER_UNAVAILABLE', `prediction rows were refused and dropped: ${messageOf(cause)}`, { cause });
  }
}

/** One append at a time, oldest rows first; those that the ledger could not take now are kept and tried again after a growing pause. */
export class WriterLane {
  readonly #options: LaneOptions;
  readonly #onRemoved: () => void;
  readonly #buffer: WriterBuffer;
  #timer: Timer | null = null;
  #draining: Promise<void> | null = null;
  /** Failed appends in a row. */
  #failures = 0;

  /** @param onRemoved called when rows have left, written or dropped. */
  constructor(options: LaneOptions, onRemoved: () => void) {
    this.#options = options;
    this.#onRemoved = onRemoved;
    this.#buffer = new WriterBuffer(options.maxRows, options.maxBufferedRows);
  }

  /** Rows that wait, and those of large batches among them. */
  get waiting(): Pick<WriterBuffer, 'rows' | 'largeRows'> {
    return this.#buffer;
  }

  get degraded(): boolean {
    return this.#failures > 0;
  }

  add(batch: PredictionBatch): void {
    this.#buffer.add(batch);
    if (this.#buffer.rows >= this.#options.maxRows && !this.degraded) this.#drainUnattended();
    else this.#arm();
  }

  async flush(): Promise<void> {
    const upTo = this.#buffer.newest;
    let refused: RowsRefused | null = null;
    while (this.#buffer.holdsUpTo(upTo)) {
      try {
        await this.#drain();
      } catch (error) {
        if (!(error instanceof RowsRefused)) throw error;
        // Those are gone; the others need not go with them.
        refused ??= error;
      }
    }
    if (refused !== null) throw refused;
  }

  holds(id: string): boolean {
    return this.#buffer.holds(id);
  }

  /** Tries no more. */
  stop(): void {
    this.#timer?.cancel();
  }

  #drain(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#draining ??= this.#write().finally(() => {
      this.#draining = null;
      this.#arm();
    });
    return this.#draining;
  }

  /** A drain that nobody waits for; its failure has been logged and counted. */
  #drainUnattended(): void {
    this.#drain().catch(() => undefined);
  }

  async #write(): Promise<void> {
    const upTo = this.#buffer.newest;
    while (this.#buffer.holdsUpTo(upTo) || this.#buffer.rows >= this.#options.maxRows) {
      const group = this.#buffer.oldestGroup();
      if (group === null) return;
      try {
        this.#written(group, await this.#options.ledger.append(group.batch));
      } catch (error) {
        throw this.#failed(group, error);
      }
    }
  }

  #written(group: BufferedGroup, changes: readonly LabelChange[]): void {
    this.#remove(group, 'written');
    if (this.degraded) this.#options.logger.info({}, 'ledger writes work again');
    this.#failures = 0;
    this.#passOn(changes);
  }

  #passOn(changes: readonly LabelChange[]): void {
    try {
      if (changes.length > 0) this.#options.onChanges(changes);
    } catch (error) {
      this.#options.logger.error({ err: messageOf(error) }, 'label changes could not be passed on');
    }
  }

  /** Keeps the rows when the ledger is unavailable; drops them for any other error, which would come again for ever. */
  #failed(group: BufferedGroup, error: unknown): MetaErrError {
    const { logger } = this.#options;
    const rows = group.batch.ids.length;
    this.#options.metrics.ledgerRows.inc({ result: 'failed' }, rows);
    if (error instanceof PartlyWritten) this.#passOn(error.changes);
    if (error instanceof MetaErrError && error.code === 'LEDGER_UNAVAILABLE') {
      if (!this.degraded) logger.error({ err: error.message, rows: this.#buffer.rows }, 'ledger writes fail; rows are kept and tried again');
      this.#failures += 1;
      return error;
    }
    logger.error({ err: messageOf(error), rows }, 'prediction rows dropped: the ledger refused them');
    this.#remove(group, 'dropped');
    return new RowsRefused(error);
  }

  #arm(): void {
    if (this.#timer !== null || this.#draining !== null || this.#buffer.rows === 0) return;
    const { clock, flushIntervalMilliseconds } = this.#options;
    const pause = backOff(this.#failures + 1, flushIntervalMilliseconds, MAX_BACK_OFF_MILLISECONDS);
    this.#timer = clock.after(Math.max(flushIntervalMilliseconds, pause), () => {
      this.#timer = null;
      this.#drainUnattended();
    });
  }

  #remove(group: BufferedGroup, result: 'written' | 'dropped'): void {
    this.#buffer.remove(group);
    this.#options.metrics.ledgerRows.inc({ result }, group.batch.ids.length);
    this.#onRemoved();
  }
}
