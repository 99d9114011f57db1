import type { Ledger } from '../ledger/ledger.js';
import { trainChallenger } from '../meta/fit/challenger.js';
import type { ChallengerResult } from '../meta/fit/challenger.js';
import type { MetaModelTraining } from '../meta/registry.js';
import type { ProgressListener } from '../meta/training/window.js';
import { selectionFault, selectionOf } from './label-selection.js';
import { readUnlabelled, type LedgerRows } from './read-unlabelled.js';
import { readWindow } from './read-window.js';
import { trainLabelFree } from './train-label-free.js';
import type { TrainingOutcome, TrainingTask } from './training-task.js';
import { upToNow } from './unlabelled-rows.js';

/**
 * Reads the labelled rows of the task's key, and the newest unlabelled ones where a fit can learn from them, and fits a challenger on them (`train`). Where that
 * is not to be promoted, and a label-free meta-model is wanted, one is fitted too.
 * Blocks the thread while the engine runs.
 */
export async function runTraining(
  task: TrainingTask, ledger: Pick<Ledger, 'labelled' | 'labelSequence' | 'counts' | 'scan'>, progress: ProgressListener, train = trainChallenger,
): Promise<TrainingOutcome> {
  const { key, featureSchema, maxRows } = task;
  const labelSequence = await ledger.labelSequence(key);
  const batches = ledger.labelled({ key, featureSchema, from: null, to: task.until, newest: maxRows, features: true });
  const window = await readWindow(batches, task, (rows) => progress({ step: 'reading', done: rows, total: maxRows }));
  const fault = selectionFault(await selectionOf(ledger, key, window));
  const unlabelled = await unlabelledRows(task, ledger, progress);
  const fitted = await train(window, { champion: task.champion, attempt: task.attempt }, {
    behaviour: task.behaviour,
    seed: task.seed,
    maxStoredRows: task.maxStoredRows,
    unlabelled,
    onProgress: progress,
  });
  const challenger = readUntil(task, fault === null ? fitted : notPromoted(fitted, fault));
  if (challenger.verdict === 'promote' || task.labelFreeFrom === null) return { ...challenger, labelSequence, labelFree: null };
  const labelFree = await trainLabelFree(task, unlabelled, task.labelFreeFrom, progress);
  return typeof labelFree === 'string' ? { ...challenger, labelSequence, reason: `${challenger.reason}; ${labelFree}`, labelFree: null } : { ...challenger, labelSequence, labelFree: readUntil(task, labelFree) };
}

/**
 * Null where there are none, and where there is no score of each class that inputs and base model could tell of without a label. Rows that are too young for their
 * ground truth to count are among them: nothing of it is read.
 */
async function unlabelledRows(task: TrainingTask, ledger: Pick<Ledger, 'scan'>, progress: ProgressListener): Promise<LedgerRows | null> {
  const { key, featureSchema, maxUnlabelledRows: newest, startedAt, width } = task;
  if (newest === 0 || task.behaviour.kind !== 'classes') return null;
  return readUnlabelled(ledger, { key, featureSchema, ...upToNow(startedAt), newest }, width, (rows) => progress({ step: 'reading unlabelled', done: rows, total: newest }));
}

/** With what a later training needs to know of what this one has read. */
function readUntil<T extends { readonly training: MetaModelTraining }>({ until }: TrainingTask, result: T): T {
  return until === null ? result : { ...result, training: { ...result.training, until } };
}

/** Nothing is promoted by itself on labels that stand for nobody knows whom; a person may (decision 15). */
function notPromoted(challenger: ChallengerResult, fault: string): ChallengerResult {
  if (challenger.verdict !== 'promote') return challenger;
  return { ...challenger, verdict: 'keep', way: null, reason: `not promoted by itself, for ${fault} (docs/labels.md); else: ${challenger.reason}` };
}
