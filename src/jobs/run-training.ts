import type { Ledger } from '../ledger/ledger.js';
import { trainChallenger } from '../meta/fit/challenger.js';
import type { ChallengerResult } from '../meta/fit/challenger.js';
import type { ProgressListener } from '../meta/training/window.js';
import { selectionFault, selectionOf } from './label-selection.js';
import { readWindow } from './read-window.js';
import type { TrainingTask } from './training-task.js';

/** Reads the labelled rows of the task's key and fits a challenger on them. Blocks the thread while the engine runs. */
export async function runTraining(task: TrainingTask, ledger: Pick<Ledger, 'labelled' | 'counts'>, progress: ProgressListener): Promise<ChallengerResult> {
  const { key, featureSchema, maxRows } = task;
  const batches = ledger.labelled({ key, featureSchema, from: null, to: task.until, newest: maxRows, features: true });
  const window = await readWindow(batches, task, (rows) => progress({ step: 'reading', done: rows, total: maxRows }));
  const fault = selectionFault(await selectionOf(ledger, key, window));
  const challenger = await trainChallenger(window, { champion: task.champion, attempt: task.attempt }, {
    behaviour: task.behaviour,
    seed: task.seed,
    maxStoredRows: task.maxStoredRows,
    unlabelled: null,
    onProgress: progress,
  });
  return fault === null ? challenger : notPromoted(challenger, fault);
}

/** Nothing is promoted by itself on labels that stand for nobody knows whom; a person may (decision 15). */
function notPromoted(challenger: ChallengerResult, fault: string): ChallengerResult {
  if (challenger.verdict !== 'promote') return challenger;
  return { ...challenger, verdict: 'keep', way: null, reason: `not promoted by itself, for ${fault} (docs/labels.md); else: ${challenger.reason}` };
}
