import type { Metrics } from '../../core/metrics.js';
import type { LoadedModel } from '../../inference/contracts.js';

/** Shows the thresholds of loaded models in the metrics, and takes those of models that are gone out of them. */
export class ThresholdGauge {
  readonly #gauge: Metrics['decisionThreshold'];
  readonly #shown = new Map<string, ReturnType<typeof labelsOf>>();

  constructor({ decisionThreshold }: Pick<Metrics, 'decisionThreshold'>) {
    this.#gauge = decisionThreshold;
  }

  /** Null: none is in force. */
  show(loaded: LoadedModel, threshold: number | null): void {
    const labels = labelsOf(loaded);
    this.#shown.set(nameOf(labels), labels);
    if (threshold === null) this.#gauge.remove(labels);
    else this.#gauge.set(labels, threshold);
  }

  /** Forgets every model that is not among these. */
  keep(loaded: readonly LoadedModel[]): void {
    const names = new Set(loaded.map((each) => nameOf(labelsOf(each))));
    for (const [name, labels] of this.#shown) {
      if (names.has(name)) continue;
      this.#gauge.remove(labels);
      this.#shown.delete(name);
    }
  }
}

function labelsOf({ key: { model, version } }: LoadedModel) {
  return { model, version: String(version) };
}

function nameOf({ model, version }: ReturnType<typeof labelsOf>): string {
  return `${version}/${model}`;
}
