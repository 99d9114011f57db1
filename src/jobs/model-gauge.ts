import type { Metrics } from '../core/metrics.js';
import { versionLabels, versionName, type VersionLabels } from '../core/model-series.js';
import type { LoadedModel } from '../inference/contracts.js';

/** A gauge with values of loaded models only. */
export class ModelGauge {
  readonly #gauge: Metrics['decisionThreshold'];
  readonly #shown = new Map<string, VersionLabels>();

  constructor(gauge: Metrics['decisionThreshold']) {
    this.#gauge = gauge;
  }

  /** Null: the model has no value. */
  show({ key }: LoadedModel, value: number | null): void {
    const labels = versionLabels(key);
    this.#shown.set(versionName(labels), labels);
    if (value === null) this.#gauge.remove(labels);
    else this.#gauge.set(labels, value);
  }

  /** Takes the values of every model that is not among these out. */
  keep(loaded: readonly LoadedModel[]): void {
    const names = new Set(loaded.map(({ key }) => versionName(versionLabels(key))));
    for (const [name, labels] of this.#shown) {
      if (names.has(name)) continue;
      this.#gauge.remove(labels);
      this.#shown.delete(name);
    }
  }
}
