import type { LinearExpertData } from '../experts/linear-experts.js';
import { integersOf } from './column-set.js';
import type { Prepared, RecipeTask } from './recipe-task.js';

/** What the linear experts read. */
export function linearData({ window, labelled: { form } }: RecipeTask, { signals, evidence }: Pick<Prepared, 'signals' | 'evidence'>): LinearExpertData {
  return {
    failures: window.failures, weights: window.weights, anchor: signals.anchor, score: evidence.score!, summary: evidence.summary,
    predicted: signals.predicted === null ? null : integersOf(signals.predicted),
    classes: form.behaviour.kind === 'none' ? 0 : form.behaviour.classes,
    scoreIsLogit: form.kind === 'classes',
  };
}
