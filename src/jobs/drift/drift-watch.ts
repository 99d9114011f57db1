import type { Clock } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { Metrics } from '../../core/metrics.js';
import type { LoadedModel, ModelCatalogue } from '../../inference/contracts.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { MetaModelRegistry } from '../../meta/registry.js';
import { maturedBefore } from '../matured.js';
import type { JobQueue } from '../queue.js';
import { Rounds } from '../rounds.js';
import type { TrainingMarks } from '../training-marks.js';
import { measureDrift, type DriftView } from './measure-drift.js';

const ROUND_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 1_000;

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
  readonly labels: { readonly model: string; readonly version: string };
  readonly metaVersion: number | null;
  readonly labelSequence: number;
}

/**
 * Tests the meta-models that serve, every 30 s where ground truths have come. A drift raises `metaerr_calibration_drift`, is logged once, and
 * asks for one retraining per meta-model version, where retraining is automatic: the version is kept in the store after it was asked for, so
 * of several servers one or more ask, and the queue and the mark of the last training make one training of it.
 */
export function createDriftWatch(options: DriftWatchOptions): DriftWatch {
  return new Watch(options);
}

class Watch implements DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #rounds: Rounds;
  readonly #seen = new Map<string, Seen>();
  /** The meta-model versions whose drift was logged. */
  readonly #logged = new Map<string, number>();

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    this.#rounds = new Rounds({ clock: options.clock, run: () => this.#lookAtAll(), pauseMilliseconds: ROUND_MILLISECONDS, retryMilliseconds: RETRY_MILLISECONDS });
  }

  start(): void {
    this.#options.registry.onPromotion(() => this.#rounds.ask());
    this.#rounds.ask();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  async #lookAtAll(): Promise<boolean> {
    const { catalogue, logger } = this.#options;
    const all = catalogue.list().flatMap(({ loaded }) => loaded ?? []);
    this.#forgetOthers(all);
    let well = true;
    for (const loaded of all) {
      try {
        await this.#look(loaded);
      } catch (error) {
        well = false;
        logger.warn({ err: messageOf(error), model: loaded.key.model, version: loaded.key.version }, 'calibration could not be tested for drift');
      }
    }
    return well;
  }

  async #look(loaded: LoadedModel): Promise<void> {
    const { ledger, clock, metrics } = this.#options;
    const { key, meta } = loaded;
    const before = this.#seen.get(nameOf(loaded));
    const labelSequence = await ledger.labelSequence(key);
    if (before?.labelSequence === labelSequence && before.metaVersion === (meta?.version ?? null)) return;
    const view = await measureDrift(this.#options, loaded, maturedBefore(loaded.config.retraining, clock.now()));
    const labels = { model: key.model, version: String(key.version) };
    if (view === null) metrics.calibrationDrift.remove(labels);
    else metrics.calibrationDrift.set(labels, view.drifted ? 1 : 0);
    if (view?.drifted === true) await this.#raise(loaded, view);
    this.#seen.set(nameOf(loaded), { labels, metaVersion: meta?.version ?? null, labelSequence });
  }

  async #raise(loaded: LoadedModel, view: DriftView): Promise<void> {
    const { marks, queue, logger } = this.#options;
    const { key, config: { retraining } } = loaded;
    const { model, version } = key;
    if (this.#logged.get(nameOf(loaded)) !== view.metaVersion) {
      this.#logged.set(nameOf(loaded), view.metaVersion);
      const { metaVersion, rows, expected, observed, logEvidence, direction } = view;
      logger.warn({ model, version, meta_version: metaVersion, rows, expected_failures: expected, observed_failures: observed, log_evidence: logEvidence, direction }, 'failure probabilities have drifted from the failures');
    }
    if (!retraining.automatic || (await marks.driftMark(key)) === view.metaVersion) return;
    await queue.enqueue({ type: 'retrain', model, version, trigger: 'drift', requestId: null });
    await marks.setDriftMark(key, view.metaVersion);
  }

  /** Metrics have labels of loaded models only. */
  #forgetOthers(loaded: readonly LoadedModel[]): void {
    const names = new Set(loaded.map(nameOf));
    const shown = new Set(loaded.map(({ key }) => `${key.version}/${key.model}`));
    for (const [name, { labels }] of this.#seen) {
      if (names.has(name)) continue;
      if (!shown.has(`${labels.version}/${labels.model}`)) this.#options.metrics.calibrationDrift.remove(labels);
      this.#seen.delete(name);
      this.#logged.delete(name);
    }
  }
}

function nameOf({ key: { model, version, digest } }: LoadedModel): string {
  return `${digest}/${version}/${model}`;
}
