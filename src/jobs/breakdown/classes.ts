import type { ScanBatch } from '../../ledger/ledger.js';
import type { ClassTally, PairTally } from './contracts.js';

/** Most classes and pairs that are given. */
export const MOST_CLASSES = 100;
export const MOST_PAIRS = 20;

type Counting<T> = { -readonly [K in keyof T]: T[K] };
interface Pair {
  readonly predicted: string;
  readonly actual: string;
  failures: number;
  scored: number;
  expected: number;
}

/** Rows by predicted label, and failures by predicted and true label. Rows without a predicted label are left out. */
export class Classes {
  readonly #classes = new Map<string, Counting<ClassTally>>();
  readonly #pairs = new Map<string, Pair>();

  add(batch: ScanBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const label = batch.labels[i] ?? null;
      if (label !== null) this.#addRow(label, batch.failureProbabilities[i] ?? NaN, batch.failures[i] ?? -1, batch.truths[i] ?? null);
    }
  }

  classes(): readonly ClassTally[] {
    const bad = ({ failures, expectedFailures }: ClassTally) => failures + expectedFailures;
    return [...this.#classes.values()].sort((a, b) => bad(b) - bad(a)).slice(0, MOST_CLASSES);
  }

  pairs(): readonly PairTally[] {
    const worst = [...this.#pairs.values()].sort((a, b) => b.failures - a.failures).slice(0, MOST_PAIRS);
    return worst.map(({ predicted, actual, failures, scored, expected }) => ({ predicted, actual, failures, meanFailureProbability: scored === 0 ? null : expected / scored }));
  }

  #addRow(label: string, probability: number, failure: number, truth: ScanBatch['truths'][number]): void {
    const tally = this.#tallyOf(label);
    const scored = Number.isNaN(probability) ? 0 : 1;
    const expected = scored === 0 ? 0 : probability;
    tally.predictions += 1;
    tally.scored += scored;
    tally.expectedFailures += expected;
    if (failure === -1) return;
    tally.labelled += 1;
    tally.failures += failure;
    if (failure !== 1 || truth?.kind !== 'label') return;
    const pair = this.#pairOf(label, truth.value);
    pair.failures += 1;
    pair.scored += scored;
    pair.expected += expected;
  }

  #tallyOf(label: string): Counting<ClassTally> {
    let tally = this.#classes.get(label);
    if (tally === undefined) this.#classes.set(label, (tally = { label, predictions: 0, scored: 0, expectedFailures: 0, labelled: 0, failures: 0 }));
    return tally;
  }

  #pairOf(predicted: string, actual: string): Pair {
    const name = JSON.stringify([predicted, actual]);
    let pair = this.#pairs.get(name);
    if (pair === undefined) this.#pairs.set(name, (pair = { predicted, actual, failures: 0, scored: 0, expected: 0 }));
    return pair;
  }
}
