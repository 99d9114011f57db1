import type { Metrics } from '../../core/metrics.js';
import type { LoadedModel } from '../../inference/contracts.js';
import { ModelGauge } from '../model-gauge.js';

/** Shows the thresholds and risk targets of loaded models in the metrics. */
export class ThresholdGauge {
  readonly #threshold: ModelGauge;
  readonly #target: ModelGauge;

  constructor({ decisionThreshold, riskTarget }: Pick<Metrics, 'decisionThreshold' | 'riskTarget'>) {
    this.#threshold = new ModelGauge(decisionThreshold);
    this.#target = new ModelGauge(riskTarget);
  }

  /** Null: none is in force. */
  show(loaded: LoadedModel, threshold: number | null): void {
    const { risk_policy: policy } = loaded.config;
    this.#threshold.show(loaded, threshold);
    this.#target.show(loaded, policy !== null && 'target_risk' in policy ? policy.target_risk : null);
  }

  /** Forgets every model that is not among these. */
  keep(loaded: readonly LoadedModel[]): void {
    this.#threshold.keep(loaded);
    this.#target.keep(loaded);
  }
}
