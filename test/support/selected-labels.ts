import type { BehaviourLayout } from '../../src/meta/features/layout.js';
import { DEFAULT_STORED_ROWS } from '../../src/inference/config/file-schema.js';
import { fitMetaModel } from '../../src/meta/fit/fit.js';
import { scoreWindow } from '../../src/meta/fit/score-window.js';
import { choiceCode } from '../../src/ledger/choice.js';
import { selectionWeights } from '../../src/meta/selection/weights.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { TrainingWindow } from '../../src/meta/training/window.js';
import { syntheticWindow } from './experts-synthetic.js';
import { pickWindow } from './pick-window.js';

/** A stream of which the riskiest rows are labelled and an audit share of the rest, and later rows to judge by. */
export interface SelectedStream {
  readonly behaviour: BehaviourLayout;
  /** The labelled rows, without weights. */
  readonly labelled: TrainingWindow;
  readonly choices: Uint16Array;
  readonly later: TrainingWindow;
}

export interface SelectedLabels {
  readonly streamed: number;
  readonly later: number;
  /** Share of the stream, the riskiest, that is labelled; and of the rest. */
  readonly reviewed: number;
  readonly audit: number;
  /** `risk`: by the cold-start probability. `complaint`: rows that somebody complained of, failures more often than others, and of the rest the audit share; nothing in the inputs tells of it. */
  readonly by: 'risk' | 'complaint';
  /** Share of rows that fail whatever the base model's confidence: what labels of risky rows alone do not show. */
  readonly surprises: number;
}

export function selectedStream({ streamed, later, reviewed, audit, by, surprises }: SelectedLabels, seed: number): SelectedStream {
  const { window, behaviour } = syntheticWindow({ rows: streamed + later, inputWidth: 6, classes: 4, seed, separation: 2 });
  const random = createRandom(seed, 0x5e1e);
  for (let row = 0; row < window.rows; row++) {
    if (random.uniform() >= surprises || window.failures[row] === 1) continue;
    window.failures[row] = 1;
    window.truths[row] = ((window.classes[row] ?? 0) + 1 + random.int(3)) % 4;
  }
  const risks = window.coldStartProbabilities.slice(0, streamed).sort();
  const limit = risks[Math.floor((1 - reviewed) * streamed)] ?? 1;
  const complained = (row: number) => random.uniform() < (window.failures[row] === 1 ? 2 * reviewed : reviewed / 2);
  const taken = (row: number) => (by === 'risk' ? (window.coldStartProbabilities[row] ?? 0) >= limit : complained(row));
  const choices = Uint16Array.from({ length: streamed }, (_, row) => choiceCode(taken(row) ? 1 : audit));
  const rows = Int32Array.from(choices.keys()).filter((row) => (choices[row] ?? 0) === 65_535 || random.uniform() < audit);
  return { behaviour, labelled: pickWindow(window, rows), choices: Uint16Array.from(rows, (row) => choices[row] ?? 0), later: pickWindow(window, Int32Array.from({ length: later }, (_, i) => streamed + i)) };
}

/** Expected and observed failures among the later rows, of a meta-model trained with the weights and of one without. */
export async function expectedFailures({ behaviour, labelled, choices, later }: SelectedStream, seed: number) {
  const expectedOf = async (weights: Float64Array | null): Promise<number> => {
    const { onnx } = await fitMetaModel({ ...labelled, weights }, { behaviour, seed, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled: null });
    return (await scoreWindow(onnx, later)).reduce((sum, p) => sum + p, 0);
  };
  return {
    observed: later.failures.reduce((sum, failure) => sum + failure, 0),
    weighted: await expectedOf(selectionWeights(choices)),
    unweighted: await expectedOf(null),
  };
}
