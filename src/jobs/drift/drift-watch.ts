import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { Metrics } from '../../core/metrics.js';
import type { LoadedModel, ModelCatalogue } from '../../inference/contracts.js';
import { loadedModels } from '../../inference/loaded-models.js';
import { keyName } from '../../ledger/key-name.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { MetaModelRegistry } from '../../meta/registry.js';
import { lookAtEach, type LookOutcome } from '../look-at-each.js';
import { maturedBefore } from '../matured.js';
import { ModelGauge } from '../model-gauge.js';
import { UNASKED, type JobQueue } from '../queue.js';
import { Rounds } from '../rounds.js';
import type { TrainingMarks } from '../training-marks.js';
import { measureDrift, type DriftView } from './measure-drift.js';

const ROUND_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 1_000;
/** Corrections of ground truths, and rows that have become old enough to count, are looked for at least this often. */
const STALE_MILLISECONDS = 600_000;

export interface DriftWatchOptions {
  readonly ledger: Pick<Ledger, 'labelled' | 'labelSequence'>;
  readonly registry: Pick<MetaModelRegistry, 'get' | 'onPromotion'>;
  readonly marks: Pick<TrainingMarks, 'driftMark' | 'setDriftMark'>;
  readonly queue: Pick<JobQueue, 'enqueue'>;
  readonly catalogue: Pick<ModelCatalogue, 'list'>;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'calibrationDrift'>;
  readonly logger: Logger;
}

export interface DriftWatch {
  /** Looks at every loaded model now and from time to time. To be called once. */
  start(): void;
  /** Looks at nothing any more; resolves when nothing is under way. */
  close(): Promise<void>;
}

/** What was seen of a loaded model at the last look. */
interface Seen {
  readonly metaVersion: number | null;
  readonly labelSequence: number;
  /** 1 for a drift, else 0; null: it is not tested. */
  readonly drifted: number | null;
  /** Monotonic, milliseconds. */
  readonly at: number;
}

/**
 * Tests the meta-models that serve, every 30 s where ground truths have come, else every ten minutes. A drift raises `metaerr_calibration_drift`, is logged once, and
 * asks for one retraining per meta-model version, where retraining is automatic: the version is kept in the store after it was asked for, so
 * of several servers one or more ask, and the queue and the mark of the last training make one training of it.
 */
export function createDriftWatch(options: DriftWatchOptions): DriftWatch {
  return new Watch(options);
}

class Watch implements DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #rounds: Rounds;
  readonly #gauge: ModelGauge;
  readonly #seen = new Map<string, Seen>();
  /** The meta-model versions whose drift was logged. */
  readonly #logged = new Map<string, number>();

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    this.#gauge = new ModelGauge(options.metrics.calibrationDrift);
    this.#rounds = new Rounds({ clock: options.clock, run: () => this.#lookAtAll(), pauseMilliseconds: ROUND_MILLISECONDS, retryMilliseconds: RETRY_MILLISECONDS });
  }

  start(): void {
    this.#options.registry.onPromotion(() => this.#rounds.ask());
    this.#rounds.ask();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  #lookAtAll(): Promise<boolean> {
    const all = loadedModels(this.#options.catalogue);
    this.#keep(all);
    return lookAtEach(all, (loaded) => this.#look(loaded).then(() => 'done', (error: unknown) => this.#failed(loaded, error)));
  }

  async #look(loaded: LoadedModel): Promise<void> {
    const { ledger, clock } = this.#options;
    const { key, meta } = loaded;
    const before = this.#seen.get(keyName(key));
    const labelSequence = await ledger.labelSequence(key);
    const at = clock.monotonic();
    if (before?.labelSequence === labelSequence && before.metaVersion === (meta?.version ?? null) && at - before.at < STALE_MILLISECONDS) {
      // Its series may have gone with an unload meanwhile.
      this.#gauge.show(loaded, before.drifted);
      return;
    }
    const view = await measureDrift(this.#options, loaded, maturedBefore(loaded.config.retraining, clock.now()));
    const drifted = view === null ? null : Number(view.drifted);
    this.#gauge.show(loaded, drifted);
    if (view?.drifted === true) await this.#raise(loaded, view);
    this.#seen.set(keyName(key), { metaVersion: meta?.version ?? null, labelSequence, drifted, at });
  }

  async #raise(loaded: LoadedModel, view: DriftView): Promise<void> {
    const { marks, queue, logger } = this.#options;
    const { key, config: { retraining } } = loaded;
    const { model, version } = key;
    if (this.#logged.get(keyName(key)) !== view.metaVersion) {
      this.#logged.set(keyName(key), view.metaVersion);
      const { metaVersion, rows, expected, observed, logEvidence, direction } = view;
      logger.warn({ model, version, meta_version: metaVersion, rows, expected_failures: expected, observed_failures: observed, log_evidence: logEvidence, direction }, 'failure probabilities have drifted from the failures');
    }
    if (!retraining.automatic || (await marks.driftMark(key)) === view.metaVersion) return;
    await queue.enqueue({ type: 'retrain', model, version, trigger: 'drift', ...UNASKED });
    await marks.setDriftMark(key, view.metaVersion);
  }

  #failed({ key: { model, version } }: LoadedModel, error: unknown): LookOutcome {
    this.#options.logger.warn({ err: messageOf(error), model, version }, 'calibration could not be tested for drift');
    return 'failed';
  }

  /** Forgets every model that is not among these. */
  #keep(loaded: readonly LoadedModel[]): void {
    this.#gauge.keep(loaded);
    const names = new Set(loaded.map(({ key }) => keyName(key)));
    for (const name of this.#seen.keys()) {
      if (names.has(name)) continue;
      this.#seen.delete(name);
      this.#logged.delete(name);
    }
  }
}
