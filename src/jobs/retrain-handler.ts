import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import type { Ledger } from '../ledger/ledger.js';
import type { StoreAddress } from '../ledger/store-address.js';
import type { LedgerWriter } from '../ledger/writer.js';
import type { MetaModelRegistry } from '../meta/registry.js';
import { JobInterrupted } from './abort.js';
import type { ChampionFollower } from './champion-follower.js';
import type { Job, JobContext, JobHandler, RetrainResult } from './queue.js';
import { settleChallenger } from './settle-challenger.js';
import type { Settlement } from './settle-challenger.js';
import type { TrainingMark, TrainingMarks } from './training-marks.js';
import type { TrainingRunner } from './training-runner.js';
import type { TrainingTask } from './training-task.js';

export interface RetrainHandlerOptions {
  readonly store: StoreAddress;
  readonly catalogue: ModelCatalogue;
  readonly ledger: Pick<Ledger, 'labelSequence'>;
  readonly writer: Pick<LedgerWriter, 'flush'>;
  readonly registry: MetaModelRegistry;
  readonly champions: ChampionFollower;
  readonly marks: TrainingMarks;
  readonly runner: TrainingRunner;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** The champion that a challenger is compared with; `onnx` null when it reads other features than those of the loaded model. */
export interface Incumbent {
  readonly version: number;
  readonly onnx: Uint8Array | null;
  readonly trainedTo: number;
  readonly rows: number;
}

/**
 * One retraining from start to end: train in the child process, store what came out, promote and swap where the verdict
 * says so. However it ends, the champion is a working one; and unless the process closes, the mark of the last training
 * moves on, so the trigger does not fire again for the same labels.
 */
export function createRetrainHandler(options: RetrainHandlerOptions): JobHandler {
  return async (job, context) => {
    const loaded = options.catalogue.loaded(job.model, job.version);
    const started = options.clock.monotonic();
    try {
      await options.writer.flush();
      const seen = await lookBack(options, loaded);
      if (job.trigger === 'ground_truths' && seen.before?.labelSequence === seen.labelSequence) return nothingNew(seen.incumbent);
      const settlement = await trainAndMark(options, loaded, seen, context);
      ended(options, job, settlement.kind, started, settlement.result);
      return settlement.result;
    } catch (error) {
      if (!(context.signal.reason instanceof JobInterrupted)) ended(options, job, context.signal.aborted ? 'cancelled' : 'failed', started, null);
      throw error;
    }
  };
}

/** What is known when a retraining begins. */
interface Seen {
  readonly labelSequence: number;
  readonly before: TrainingMark | null;
  readonly incumbent: Incumbent | null;
}

/** The sequence is read before the rows are, so labels that come in between count as new for the next training. */
async function lookBack({ ledger, marks, registry }: RetrainHandlerOptions, loaded: LoadedModel): Promise<Seen> {
  const labelSequence = await ledger.labelSequence(loaded.key);
  return { labelSequence, before: await marks.trainingMark(loaded.key), incumbent: await incumbentOf(registry, loaded) };
}

function nothingNew(incumbent: Incumbent | null): RetrainResult {
  return { promoted: false, meta_version: incumbent?.version ?? 0, reason: 'no ground truth has come since the last training' };
}

async function trainAndMark(options: RetrainHandlerOptions, loaded: LoadedModel, seen: Seen, context: JobContext): Promise<Settlement> {
  // A mark that cannot be stored costs one training too many at most, so it does not fail this one.
  const mark = (rows: number) =>
    options.marks.setTrainingMark(loaded.key, { labelSequence: seen.labelSequence, rows }).catch((error: unknown) => {
      options.logger.warn({ err: messageOf(error), model: loaded.key.model }, 'mark of the last training could not be stored');
    });
  try {
    const settlement = await train(options, loaded, seen.incumbent, context);
    await mark(settlement.rows);
    return settlement;
  } catch (error) {
    if (!(context.signal.reason instanceof JobInterrupted)) await mark(seen.before?.rows ?? 0);
    throw error;
  }
}

async function incumbentOf(registry: MetaModelRegistry, loaded: LoadedModel): Promise<Incumbent | null> {
  const champion = await registry.champion(loaded.key);
  if (champion === null) return null;
  const fits = champion.featureSchema === loaded.features.layout.schema;
  const onnx = fits ? await registry.bytes(loaded.key.model, champion.version) : null;
  return { version: champion.version, onnx, trainedTo: champion.training.to, rows: champion.training.rows };
}

async function train(options: RetrainHandlerOptions, loaded: LoadedModel, incumbent: Incumbent | null, context: JobContext): Promise<Settlement> {
  const challenger = await options.runner.run(taskOf(options.store, loaded, incumbent), {
    signal: context.signal,
    timeoutMilliseconds: loaded.config.retraining.timeout_seconds * 1_000,
    progress: (progress) => context.progress(progress),
  });
  context.signal.throwIfAborted();
  context.progress({ step: 'promoting', done: 0, total: 1 });
  return settleChallenger(options, loaded, incumbent?.version ?? null, challenger);
}

function taskOf(store: StoreAddress, { key, features: { layout }, config }: LoadedModel, incumbent: Incumbent | null): TrainingTask {
  const onnx = incumbent?.onnx ?? null;
  return {
    store,
    key,
    featureSchema: layout.schema,
    inputWidth: layout.inputWidth,
    width: layout.width,
    behaviour: layout.behaviour,
    labels: config.labels,
    maxRows: config.retraining.max_rows,
    maxStoredRows: config.retraining.max_stored_rows,
    seed: config.retraining.seed,
    champion: onnx === null || incumbent === null ? null : { onnx, trainedTo: incumbent.trainedTo, rows: incumbent.rows },
  };
}

function ended(options: RetrainHandlerOptions, job: Job, result: string, started: number, outcome: RetrainResult | null): void {
  const labels = { model: job.model, version: String(job.version) };
  const seconds = (options.clock.monotonic() - started) / 1_000;
  options.metrics.retrainings.inc({ ...labels, result });
  options.metrics.trainingDuration.observe(labels, seconds);
  options.logger.info({ ...labels, job: job.id, result, seconds, meta_version: outcome?.meta_version, reason: outcome?.reason }, 'retraining ended');
}
