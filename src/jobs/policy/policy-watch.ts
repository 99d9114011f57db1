import type { Clock } from '../../core/clock.js';
import { MetaErrError, messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { Metrics } from '../../core/metrics.js';
import type { LoadedModel, ModelCatalogue } from '../../inference/contracts.js';
import type { DecisionThresholds } from '../../inference/decision-thresholds.js';
import { loadedModels } from '../../inference/loaded-models.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { MetaModelRegistry } from '../../meta/registry.js';
import type { PolicyCalibration, PolicyView, RiskPolicyUseCase } from '../contracts.js';
import { lookAtEach, type LookOutcome } from '../look-at-each.js';
import { Rounds } from '../rounds.js';
import { calibrate, observeFixed } from './calibrate.js';
import { candidatesOf } from './candidates.js';
import { KnownCalibrations } from './known-calibrations.js';
import { ThresholdGauge } from './threshold-gauge.js';

const ROUND_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 1_000;

export interface PolicyWatchOptions {
  readonly ledger: Pick<Ledger, 'labelled' | 'scan' | 'labelSequence'>;
  readonly registry: Pick<MetaModelRegistry, 'champion' | 'get' | 'onPromotion' | 'onInterruption'>;
  readonly catalogue: Pick<ModelCatalogue, 'list' | 'loaded'>;
  readonly thresholds: DecisionThresholds;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'decisionThreshold' | 'riskTarget'>;
  readonly logger: Logger;
}

export interface PolicyWatch extends RiskPolicyUseCase {
  /** Looks at every loaded model at every promotion, whenever a threshold is missing, and from time to time. To be called once. */
  start(): void;
  /** Looks at every loaded model now. */
  look(): void;
  /** Looks at nothing any more; resolves when nothing is under way. */
  close(): Promise<void>;
}

/**
 * Keeps the thresholds of the loaded models what their risk policies ask for. A threshold is computed when a meta-model is promoted (before it
 * serves, if need be), and again when ground truths have come or a minute has passed, at most every 30 s. It runs beside the requests:
 * what cannot be computed now leaves in force what was computed last for the same meta-model version.
 */
export function createPolicyWatch(options: PolicyWatchOptions): PolicyWatch {
  return new Watch(options);
}

class Watch implements PolicyWatch {
  readonly #options: PolicyWatchOptions;
  readonly #rounds: Rounds;
  readonly #gauge: ThresholdGauge;
  readonly #known = new KnownCalibrations();
  /** Looks take turns, so that two never compute the same. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: PolicyWatchOptions) {
    this.#options = options;
    this.#gauge = new ThresholdGauge(options.metrics);
    this.#rounds = new Rounds({ clock: options.clock, run: () => this.#lookAtAll(), pauseMilliseconds: ROUND_MILLISECONDS, retryMilliseconds: RETRY_MILLISECONDS });
  }

  start(): void {
    const { registry, thresholds } = this.#options;
    registry.onPromotion(() => this.look());
    registry.onInterruption(() => this.look());
    thresholds.onMissing(() => this.look());
    this.look();
  }

  look(): void {
    this.#rounds.ask();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#rounds.close();
    await this.#turn;
  }

  async view(model: string): Promise<PolicyView> {
    const loaded = this.#options.catalogue.loaded(model);
    const { key, config: { risk_policy: policy } } = loaded;
    if (policy === null) return { key, policy, calibration: await this.#observe(loaded) };
    try {
      await this.#inTurn(() => this.#look(loaded, 0));
    } catch (error) {
      if (this.#current(loaded) === null) throw error;
    }
    const calibration = this.#current(loaded);
    if (calibration !== null) return { key, policy, calibration };
    // Another meta-model was swapped in after the look.
    throw new MetaErrError('MODEL_NOT_READY', `the threshold of model '${model}' is being computed`, { retryAfterSeconds: 1 });
  }

  async #observe({ key, config, meta }: LoadedModel): Promise<PolicyCalibration> {
    const { ledger, registry, clock } = this.#options;
    const metaVersion = meta?.version ?? 0;
    const record = metaVersion === 0 ? null : await registry.get(key.model, metaVersion);
    return observeFixed({ ledger, now: clock.now() }, config.review_threshold, { key, metaVersion, record });
  }

  /** One model after the other. */
  #lookAtAll(): Promise<boolean> {
    const all = loadedModels(this.#options.catalogue);
    this.#gauge.keep(all);
    return lookAtEach(all, (loaded) =>
      this.#inTurn(() => this.#look(loaded, ROUND_MILLISECONDS)).then(() => 'done', (error: unknown) => this.#failed(loaded, error)));
  }

  #inTurn<T>(look: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(look);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Computes what is due of a model, nothing sooner than `pauseMilliseconds` after it was computed last. */
  async #look(loaded: LoadedModel, pauseMilliseconds: number): Promise<void> {
    const { ledger, registry, thresholds, clock } = this.#options;
    const { key, config: { risk_policy: policy } } = loaded;
    if (policy !== null && !this.#closed) {
      const candidates = await candidatesOf(registry, loaded);
      const versions = candidates.map(({ metaVersion }) => metaVersion);
      const labelSequence = await ledger.labelSequence(key);
      for (const { metaVersion, record } of candidates) {
        const computedAt = clock.monotonic();
        if (!this.#known.due(loaded, metaVersion, { labelSequence, now: computedAt, pauseMilliseconds })) continue;
        const calibration = await calibrate({ ledger, now: clock.now() }, policy, { key, metaVersion, record });
        thresholds.set(loaded, metaVersion, calibration.threshold, versions);
        this.#report(loaded, this.#known.set(loaded, { calibration, labelSequence, computedAt }), calibration);
      }
      this.#known.keep(loaded, versions);
    }
    this.#show(loaded);
  }

  #current(loaded: LoadedModel): PolicyCalibration | null {
    return this.#known.get(loaded, loaded.meta?.version ?? 0);
  }

  #show(loaded: LoadedModel): void {
    const { risk_policy: policy, review_threshold } = loaded.config;
    this.#gauge.show(loaded, policy === null ? review_threshold : (this.#current(loaded)?.threshold ?? null));
  }

  #report({ key: { model, version } }: LoadedModel, before: PolicyCalibration | null, calibration: PolicyCalibration): void {
    const { metaVersion, threshold, basis, rows, failures, coverage, moreLabels } = calibration;
    if (before?.threshold === threshold) return;
    const fields = { model, version, meta_version: metaVersion, threshold, basis, rows, failures, coverage, more_ground_truths: moreLabels };
    this.#options.logger.info(fields, threshold === null ? 'no decision threshold is known, every decision is review' : 'decision threshold computed');
  }

  #failed({ key: { model, version } }: LoadedModel, error: unknown): LookOutcome {
    this.#options.logger.warn({ err: messageOf(error), model, version }, 'decision threshold could not be computed, the last one stays');
    const unreachable = error instanceof MetaErrError && (error.code === 'STORE_UNAVAILABLE' || error.code === 'LEDGER_UNAVAILABLE');
    return unreachable ? 'unreachable' : 'failed';
  }
}
