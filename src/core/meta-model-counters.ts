import type { Counter } from 'prom-client';
import { versionName, type VersionLabels } from './model-series.js';

type MetaCounter = Counter<'model' | 'version' | 'meta_version'>;

/** The serving version, and the one before it: for rows on their way while it was replaced. */
const KEPT = 2;

/**
 * Scored rows and their expected failures by meta-model version, so that what two meta-models expect is never compared. Every promotion
 * brings a version, so only the newest ones of each model keep their series.
 */
export class MetaModelCounters {
  readonly #counters: readonly [rows: MetaCounter, expected: MetaCounter];
  /** By model version, the meta-model versions that have series; the one that was counted last is at the end. */
  readonly #shown = new Map<string, string[]>();

  constructor(rows: MetaCounter, expected: MetaCounter) {
    this.#counters = [rows, expected];
  }

  /** Rows with a failure probability, and the sum of those. */
  count(labels: VersionLabels, metaVersion: number, rows: number, expected: number): void {
    const [rowCounter, expectedCounter] = this.#counters;
    const own = { model: labels.model, version: labels.version, meta_version: String(metaVersion) };
    this.#keep(labels, own.meta_version);
    rowCounter.inc(own, rows);
    expectedCounter.inc(own, expected);
  }

  forget(labels: VersionLabels): void {
    this.#shown.delete(versionName(labels));
  }

  #keep(labels: VersionLabels, metaVersion: string): void {
    const name = versionName(labels);
    const shown = this.#shown.get(name) ?? [];
    if (shown.at(-1) === metaVersion) return;
    const next = [...shown.filter((each) => each !== metaVersion), metaVersion];
    for (const old of next.splice(0, next.length - KEPT)) for (const counter of this.#counters) counter.remove({ ...labels, meta_version: old });
    this.#shown.set(name, next);
  }
}
