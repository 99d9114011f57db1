import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { MetaModelRegistry } from '../meta/registry.js';
import type { ChampionFollower } from './champion-follower.js';
import type { ModelProfile } from './model-profiles.js';
import { isPassing } from './passing-error.js';
import type { RetrainResult } from './queue.js';
import type { TrainingMarks } from './training-marks.js';
import type { LabelFreeResult, TrainingOutcome } from './training-task.js';

/** Meta-models kept per base model beside the champion; older ones are deleted. */
const KEPT_META_MODELS = 20;

export interface SettleOptions {
  readonly registry: MetaModelRegistry;
  readonly champions: ChampionFollower;
  readonly marks: Pick<TrainingMarks, 'countAttempt' | 'renewAttempts'>;
  readonly clock: Clock;
}

/** Whom a challenger was judged against, and as which test of being better, by which labels. */
export interface Contest {
  /** Version of the champion; null where there was none. */
  readonly expected: number | null;
  readonly attempt: number;
  readonly labelSequence: number;
}

/** Whom a challenger belongs to, and the schema of the features that it reads. */
export interface SettledProfile {
  readonly key: ModelProfile['key'];
  readonly layout: Pick<ModelProfile['layout'], 'schema'>;
}

/** What became of a challenger. */
export interface Settlement {
  readonly kind: 'promoted' | 'label_free' | 'kept' | 'too_few';
  /** Labelled rows that the training read. */
  readonly rows: number;
  /** Failures among them. */
  readonly failures: number;
  /** `Ledger.labelSequence` just before it read them. */
  readonly labelSequence: number;
  readonly result: RetrainResult;
}

/** Carries out what came of a training: of the challenger, and where that does not go live, of the label-free meta-model. */
export async function settleTraining(options: SettleOptions, profile: SettledProfile, contest: Contest, outcome: TrainingOutcome): Promise<Settlement> {
  const settlement = await settleChallenger(options, profile, contest, outcome);
  const { labelFree } = outcome;
  return labelFree === null || settlement.kind === 'promoted' ? settlement : settleLabelFree(options, profile, contest, labelFree, settlement);
}

/** It takes the place of the champion that was expected, the cold start or an older label-free one, and of no other. */
async function settleLabelFree(
  { registry, champions, clock }: SettleOptions, { key, layout }: SettledProfile, { expected }: Contest, { onnx, reason, training }: LabelFreeResult, challenger: Settlement,
): Promise<Settlement> {
  const words = `${reason}; ${challenger.result.reason}`;
  const version = await registry.add({ key, createdAt: clock.now(), reason: words, metrics: null, training, featureSchema: layout.schema, onnx });
  const refusal = await takeOver({ registry, champions, clock }, key, version, expected);
  if (refusal !== null) return { ...challenger, result: { promoted: false, meta_version: refusal.champion, reason: refusal.words } };
  await registry.prune(key, KEPT_META_MODELS);
  return { ...challenger, kind: 'label_free', result: { promoted: true, meta_version: version, reason: words } };
}

/**
 * Stores a challenger and carries out its verdict. A test that was made is counted before anything comes of it; where another process has
 * counted one in its place, or has promoted another champion than the expected one, the challenger stays a candidate.
 */
async function settleChallenger(options: SettleOptions, profile: SettledProfile, contest: Contest, challenger: TrainingOutcome): Promise<Settlement> {
  const { registry, marks, clock } = options;
  const { verdict, way, tested, reason, onnx, metrics, training } = challenger;
  const { expected, attempt, labelSequence } = contest;
  const { rows, failures } = training;
  const settled = (kind: Settlement['kind'], version: number | null, words = reason): Settlement => ({
    kind,
    rows,
    failures,
    labelSequence: challenger.labelSequence,
    result: { promoted: kind === 'promoted', meta_version: version ?? 0, reason: words },
  });
  if (verdict === 'too_few') return settled('too_few', expected);
  if (onnx === null) return settled('kept', expected);
  const { key, layout } = profile;
  const counted = !tested || (await marks.countAttempt(key, attempt, labelSequence));
  const version = await registry.add({ key, createdAt: clock.now(), reason, metrics, training, featureSchema: layout.schema, onnx });
  if (verdict === 'keep' || !counted) {
    await registry.prune(key, KEPT_META_MODELS);
    return settled('kept', expected, counted ? reason : `kept as candidate ${version}: another test against the champion was counted while it was trained`);
  }
  const refusal = await takeOver(options, key, version, expected);
  if (refusal !== null) return settled('kept', refusal.champion, refusal.words);
  if (way === 'better') await marks.renewAttempts(key);
  await registry.prune(key, KEPT_META_MODELS);
  return settled('promoted', version);
}

/** Promotes a stored meta-model and has it serve; not where another champion than the expected one is there by now: who, and that in words. */
async function takeOver(
  options: Omit<SettleOptions, 'marks'>, key: ModelKey, version: number, expected: number | null,
): Promise<{ readonly champion: number; readonly words: string } | null> {
  const { registry, clock } = options;
  if (await registry.promote(key, version, expected, clock.now())) {
    await serve(options, key, version, expected);
    return null;
  }
  const champion = (await registry.champion(key))?.version ?? 0;
  return { champion, words: `kept as candidate ${version}: meta-model ${champion} was promoted while it was trained` };
}

/** Swaps the new champion in. One that cannot be loaded gives its place back to the one before it; one that cannot be read now keeps it. */
async function serve({ registry, champions, clock }: Omit<SettleOptions, 'marks'>, key: ModelKey, version: number, before: number | null): Promise<void> {
  try {
    await champions.follow(key);
  } catch (error) {
    if (isPassing(error)) throw error;
    if (before !== null && (await registry.promote(key, before, version, clock.now()))) await champions.follow(key);
    throw new Error(`meta-model ${version} was promoted but cannot serve: ${messageOf(error)}`, { cause: error });
  }
}
