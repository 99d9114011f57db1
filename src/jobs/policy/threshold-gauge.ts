import type { Metrics } from '../../core/metrics.js';
import type { LoadedModel } from '../../inference/contracts.js';

type Gauges = Pick<Metrics, 'decisionThreshold' | 'riskTarget'>;

/** Shows the thresholds and risk targets of loaded models in the metrics, and takes those of models that are gone out of them. */
export class ThresholdGauge {
  readonly #gauges: Gauges;
  readonly #shown = new Map<string, ReturnType<typeof labelsOf>>();

  constructor(gauges: Gauges) {
    this.#gauges = gauges;
  }

  /** Null: none is in force. */
  show(loaded: LoadedModel, threshold: number | null): void {
    const labels = labelsOf(loaded);
    this.#shown.set(nameOf(labels), labels);
    const { decisionThreshold, riskTarget } = this.#gauges;
    setOrRemove(decisionThreshold, labels, threshold);
    const { risk_policy: policy } = loaded.config;
    setOrRemove(riskTarget, labels, policy !== null && 'target_risk' in policy ? policy.target_risk : null);
  }

  /** Forgets every model that is not among these. */
  keep(loaded: readonly LoadedModel[]): void {
    const names = new Set(loaded.map((each) => nameOf(labelsOf(each))));
    for (const [name, labels] of this.#shown) {
      if (names.has(name)) continue;
      this.#gauges.decisionThreshold.remove(labels);
      this.#gauges.riskTarget.remove(labels);
      this.#shown.delete(name);
    }
  }
}

function setOrRemove(gauge: Gauges[keyof Gauges], labels: ReturnType<typeof labelsOf>, value: number | null): void {
  if (value === null) gauge.remove(labels);
  else gauge.set(labels, value);
}

function labelsOf({ key: { model, version } }: LoadedModel) {
  return { model, version: String(version) };
}

function nameOf({ model, version }: ReturnType<typeof labelsOf>): string {
  return `${version}/${model}`;
}
