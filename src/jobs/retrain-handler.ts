import type { Clock } from '../core/clock.js';
import { MetaErrError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { versionLabels } from '../core/model-series.js';
import type { Tracing } from '../core/tracing.js';
import type { Ledger } from '../ledger/ledger.js';
import type { StoreAddress } from '../ledger/store-address.js';
import type { MetaModelRegistry } from '../meta/registry.js';
import { JobInterrupted } from './abort.js';
import type { ChampionFollower } from './champion-follower.js';
import { jobLogger } from './job-logger.js';
import { labelFreeNeed } from './label-free-need.js';
import { labelsNeeded, newLabels } from './labels-needed.js';
import { immatureReason, maturingReason, NOTHING_NEW } from './maturing-labels.js';
import type { ModelProfile, ModelProfiles } from './model-profiles.js';
import { isPassing } from './passing-error.js';
import type { Job, JobContext, JobHandler, RetrainResult } from './queue.js';
import { incumbentOf, taskOf, type Incumbent } from './retrain-task.js';
import { RetrainTrace } from './retrain-trace.js';
import { settleTraining } from './settle-challenger.js';
import type { Settlement } from './settle-challenger.js';
import type { TrainingMark, TrainingMarks } from './training-marks.js';
import type { TrainingRunner } from './training-runner.js';
import { upToNow } from './unlabelled-rows.js';
import { unlabelledSpan } from './unlabelled-span.js';

const RESULTS: readonly (Settlement['kind'] | 'postponed' | 'cancelled' | 'failed')[] = ['promoted', 'label_free', 'kept', 'too_few', 'postponed', 'cancelled', 'failed'];

export interface RetrainHandlerOptions {
  readonly store: StoreAddress;
  readonly profiles: Pick<ModelProfiles, 'get'>;
  readonly ledger: Pick<Ledger, 'labelSequence' | 'labelled' | 'scan'>;
  /** Makes durable what this process still buffers. */
  readonly beforeReading: () => Promise<void>;
  readonly registry: MetaModelRegistry;
  readonly champions: ChampionFollower;
  readonly marks: TrainingMarks;
  readonly runner: TrainingRunner;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

/**
 * One retraining from start to end: train in the child process, store what came out, promote and swap where the verdict
 * says so. However it ends, the champion is a working one. The mark of the last training moves on, so that the trigger does not fire
 * again for the same labels, unless the job will run again: because the process closes, or because the error is a passing one.
 */
export function createRetrainHandler(given: RetrainHandlerOptions): JobHandler {
  return async (job, told) => {
    const trace = new RetrainTrace(given.tracing, job, given.clock);
    const context = trace.follow(told);
    const options = { ...given, logger: jobLogger(given.logger, job, trace.ids) };
    const started = options.clock.monotonic();
    options.logger.info({}, 'retraining begins');
    try {
      const profile = await profileFor(options, job);
      beginResults(options, job);
      context.progress({ step: 'reading', done: 0, total: profile.retraining.max_rows });
      await options.beforeReading();
      const seen = await lookBack(options, profile);
      const needless = (await needlessReason(options, job, profile, seen)) ?? (await fewPredictions(options, job, profile, seen));
      if (needless !== null) {
        options.logger.info({ reason: needless }, 'retraining skipped');
        trace.skipped();
        return { promoted: false, meta_version: seen.incumbent?.version ?? 0, reason: needless };
      }
      const settlement = await trainAndMark(options, profile, job, seen, context);
      trace.settled(settlement);
      await ended(options, job, settlement.kind, started, settlement.result);
      return settlement.result;
    } catch (error) {
      const stopped = context.signal.aborted;
      const result = runsAgain(error, context) ? 'postponed' : stopped ? 'cancelled' : 'failed';
      trace.failed(result, stopped ? null : error);
      if (result === 'postponed') postponed(options, job, error, context);
      else await ended(options, job, result, started, null);
      throw error;
    }
  };
}

/** A counter that begins with its first event has no increase at that event. */
function beginResults({ metrics }: RetrainHandlerOptions, job: Job): void {
  for (const result of RESULTS) metrics.retrainings.inc({ ...versionLabels(job), result }, 0);
}

function postponed({ metrics, logger }: RetrainHandlerOptions, job: Job, error: unknown, { signal }: JobContext): void {
  logger.warn({ err: messageOf(error) }, 'retraining is put back');
  if (!signal.aborted) metrics.retrainings.inc({ ...versionLabels(job), result: 'postponed' });
}

/** Whether the job is not at its end: the queue gives it to a process once more. */
function runsAgain(error: unknown, { signal }: JobContext): boolean {
  return signal.aborted ? signal.reason instanceof JobInterrupted : isPassing(error);
}

async function profileFor({ profiles }: RetrainHandlerOptions, { model, version }: Job): Promise<ModelProfile> {
  const profile = await profiles.get(model, version);
  if (profile !== null) return profile;
  throw new MetaErrError('VERSION_NOT_FOUND', `version ${version} of model '${model}' is not served, as far as is known here, so its meta-model cannot be trained`);
}

/** What is known when a retraining begins. */
interface Seen {
  readonly labelSequence: number;
  readonly before: TrainingMark | null;
  readonly incumbent: Incumbent | null;
  /** The number of the test of being better, should one be made. */
  readonly attempt: number;
}

/** What is known before the training process begins; the sequence that counts is the one that it reads itself. */
async function lookBack({ ledger, marks, registry }: RetrainHandlerOptions, profile: ModelProfile): Promise<Seen> {
  const labelSequence = await ledger.labelSequence(profile.key);
  const [before, incumbent, attempt] = await Promise.all([
    marks.trainingMark(profile.key), incumbentOf(registry, profile), marks.promotionAttempt(profile.key, labelSequence),
  ]);
  return { labelSequence, before, incumbent, attempt };
}

/** Why a training that nobody asked for by hand is left out; null when it takes place. */
async function needlessReason(options: RetrainHandlerOptions, { trigger }: Job, profile: ModelProfile, { labelSequence, before, incumbent }: Seen): Promise<string | null> {
  const fresh = newLabels(labelSequence, before);
  if (trigger === 'manual' || trigger === 'unlabelled') return null;
  // Rows that have become old enough start no training of the trigger, which counts labels as they come.
  if (fresh <= 0) return trigger === 'schedule' ? maturingReason(options, profile, before, options.clock.now()) : NOTHING_NEW;
  if (trigger === 'schedule') return tooYoung(options, profile, incumbent);
  const needed = trigger === 'ground_truths' ? labelsNeeded(profile.retraining, before) : 1;
  // Several servers fire for the same labels: the first job has seen them.
  return fresh < needed ? `nothing new: ${fresh} ground truths have come since the last training, and ${needed} are needed` : null;
}

/** Why a training is left out for the labels that have come: too few are old enough, and predictions alone are no reason for it either. */
async function tooYoung(options: RetrainHandlerOptions, profile: ModelProfile, incumbent: Incumbent | null): Promise<string | null> {
  const reason = await immatureReason(options, profile, options.clock.now());
  return reason === null || (await noneByPredictions(options, profile, incumbent)) === null ? null : reason;
}

/**
 * Why a training for the sake of predictions alone is left out: those that asked for it may have been learnt from meanwhile. It learns from the labelled rows
 * too, for a retraining that is asked for while it waits is the same job.
 */
async function fewPredictions(options: RetrainHandlerOptions, { trigger }: Job, profile: ModelProfile, { incumbent, labelSequence, before }: Seen): Promise<string | null> {
  if (trigger !== 'unlabelled' || newLabels(labelSequence, before) >= labelsNeeded(profile.retraining, before)) return null;
  return noneByPredictions(options, profile, incumbent);
}

/** Why predictions alone are no reason for a training; null where they are. */
async function noneByPredictions({ ledger, clock }: RetrainHandlerOptions, profile: ModelProfile, incumbent: Incumbent | null): Promise<string | null> {
  const needed = labelFreeNeed(profile, incumbent);
  if (needed === null) return 'nothing to do: the meta-model that serves has no use for predictions alone';
  const { key, layout: { schema } } = profile;
  const found = await unlabelledSpan(ledger, { key, featureSchema: schema, ...upToNow(clock.now()), newest: needed });
  return (found?.rows ?? 0) < needed ? `nothing new: ${found?.rows ?? 0} predictions without a ground truth, and ${needed} are needed` : null;
}

async function trainAndMark(options: RetrainHandlerOptions, profile: ModelProfile, job: Job, seen: Seen, context: JobContext): Promise<Settlement> {
  // A mark that cannot be stored costs one training too many at most, so it does not fail this one.
  const mark = (last: TrainingMark) =>
    options.marks.setTrainingMark(profile.key, last).catch((error: unknown) => {
      options.logger.warn({ err: messageOf(error) }, 'mark of the last training could not be stored');
    });
  try {
    const settlement = await train(options, profile, job, seen, context);
    // Labels that came to nothing by the way do not put off the training that they are due to begin.
    if (settlement.kind === 'promoted' || job.trigger !== 'unlabelled') await mark({ labelSequence: settlement.labelSequence, rows: settlement.rows });
    return settlement;
  } catch (error) {
    if (job.trigger !== 'unlabelled' && !runsAgain(error, context)) await mark({ labelSequence: seen.labelSequence, rows: seen.before?.rows ?? 0 });
    throw error;
  }
}

async function train(options: RetrainHandlerOptions, profile: ModelProfile, { trigger }: Job, { incumbent, attempt, labelSequence }: Seen, context: JobContext): Promise<Settlement> {
  const challenger = await options.runner.run(taskOf(options.store, profile, { incumbent, attempt, now: options.clock.now(), byHand: trigger === 'manual' }), {
    signal: context.signal,
    timeoutMilliseconds: profile.retraining.timeout_seconds * 1_000,
    progress: (progress) => context.progress(progress),
  });
  context.signal.throwIfAborted();
  context.progress({ step: 'promoting', done: 0, total: 1 });
  return settleTraining(options, profile, { expected: incumbent?.version ?? null, attempt, labelSequence }, challenger);
}

async function ended(options: RetrainHandlerOptions, job: Job, result: string, started: number, outcome: RetrainResult | null): Promise<void> {
  const labels = versionLabels(job);
  const seconds = (options.clock.monotonic() - started) / 1_000;
  if (await isServed(options, job)) {
    options.metrics.retrainings.inc({ ...labels, result });
    options.metrics.trainingDuration.observe(labels, seconds);
  }
  options.logger.info({ result, seconds, meta_version: outcome?.meta_version, reason: outcome?.reason }, 'retraining ended');
}

/** The series of a version that was unloaded meanwhile are gone, and stay so. */
async function isServed({ profiles }: RetrainHandlerOptions, { model, version }: Job): Promise<boolean> {
  const profile = await profiles.get(model, version).catch(() => undefined);
  return profile !== null;
}
