import type { ModelKey } from '../ledger/ledger.js';
import type { DurationTotal, ModelCatalogue, ModelStatistics, StatisticsUseCase } from './contracts.js';

/** What one request that was answered took; times in milliseconds. */
export interface AnsweredRequest {
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly total: number;
  readonly queue: number;
  readonly read: number;
  /** Time of the sessions, for all the rows that ran with these. */
  readonly run: number;
  readonly write: number;
}

/** Takes down what a version does. */
export interface StatisticsRecorder {
  succeeded(request: AnsweredRequest): void;
  /** `milliseconds` from its arrival to its refusal. */
  failed(milliseconds: number): void;
  /** Rows went through the sessions together. */
  ran(rows: number, milliseconds: number): void;
}

export interface Statistics extends StatisticsUseCase {
  /** The same one for the same model and version, also after a reload. */
  recorder(key: ModelKey): StatisticsRecorder;
}

/** Runs of up to so many rows are told apart one by one, larger ones by powers of two, so that the table is bounded. */
const MOST_EXACT_ROWS = 1024;

class Total {
  #count = 0;
  #nanoseconds = 0;

  add(milliseconds: number): void {
    this.#count++;
    this.#nanoseconds += Math.max(0, Math.round(milliseconds * 1e6));
  }

  get value(): DurationTotal {
    return { count: this.#count, nanoseconds: this.#nanoseconds };
  }
}

class VersionStatistics implements StatisticsRecorder {
  readonly #success = new Total();
  readonly #fail = new Total();
  readonly #queue = new Total();
  readonly #read = new Total();
  readonly #run = new Total();
  readonly #write = new Total();
  readonly #batches = new Map<number, Total>();
  #lastInference = 0;
  #rows = 0;
  #runs = 0;

  succeeded({ rows, at, total, queue, read, run, write }: AnsweredRequest): void {
    this.#rows += rows;
    this.#lastInference = Math.max(this.#lastInference, at);
    this.#success.add(total);
    this.#queue.add(queue);
    this.#read.add(read);
    this.#run.add(run);
    this.#write.add(write);
  }

  failed(milliseconds: number): void {
    this.#fail.add(milliseconds);
  }

  ran(rows: number, milliseconds: number): void {
    this.#runs++;
    const size = rows <= MOST_EXACT_ROWS ? rows : 2 ** Math.floor(Math.log2(rows));
    let total = this.#batches.get(size);
    if (total === undefined) this.#batches.set(size, (total = new Total()));
    total.add(milliseconds);
  }

  snapshot(): Omit<ModelStatistics, 'model' | 'version'> {
    return {
      lastInference: this.#lastInference,
      inferenceCount: this.#rows,
      executionCount: this.#runs,
      success: this.#success.value,
      fail: this.#fail.value,
      queue: this.#queue.value,
      computeInput: this.#read.value,
      computeInfer: this.#run.value,
      computeOutput: this.#write.value,
      batches: [...this.#batches].sort(([a], [b]) => a - b).map(([rows, total]) => ({ rows, computeInfer: total.value })),
    };
  }
}

/**
 * Statistics since the start, by model and version; those of versions that are or were loaded, as only these have recorders. Of a
 * request that was refused or failed, only `fail` tells; the other durations are those of `success`, one entry a request.
 */
export function createStatistics(catalogue: Pick<ModelCatalogue, 'loaded'>): Statistics {
  const models = new Map<string, Map<number, VersionStatistics>>();
  const of = ({ model, version }: ModelKey): VersionStatistics => {
    let versions = models.get(model);
    if (versions === undefined) models.set(model, (versions = new Map<number, VersionStatistics>()));
    let statistics = versions.get(version);
    if (statistics === undefined) versions.set(version, (statistics = new VersionStatistics()));
    return statistics;
  };
  return {
    recorder: of,
    statistics(model, version) {
      const { key } = catalogue.loaded(model, version);
      return { model: key.model, version: key.version, ...of(key).snapshot() };
    },
  };
}
