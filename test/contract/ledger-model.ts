import type { GroundTruthItem, GroundTruthResult, ModelKey, Task } from '../../src/ledger/ledger.js';

/** A prediction as the model knows it. */
export interface ModelPrediction {
  readonly id: string;
  readonly key: ModelKey;
  readonly task: Task;
  readonly rows: number;
  readonly label: string | null;
  readonly value: number;
  readonly tolerance: number;
  readonly failureProbability: number;
}

export interface ModelRow {
  readonly failure: boolean | null;
  /** `kind:value@observedAt` of every ground truth, sorted. */
  readonly history: readonly string[];
  readonly current: string | null;
}

const FITTING: Record<Task, readonly string[]> = {
  classification: ['label', 'correct'], binary: ['label', 'correct'], regression: ['value', 'correct'], custom: ['correct'],
};
const said = (truth: GroundTruthItem): string => `${truth.kind}:${truth.value}`;
export const shown = (truth: Pick<GroundTruthItem, 'kind' | 'value' | 'observedAt'>): string => `${truth.kind}:${truth.value}@${truth.observedAt}`;

/**
 * The ledger's laws in the plainest form: it keeps every valid ground truth of a row in a bag and works out what follows from the
 * bag alone, so nothing in it depends on the order of arrival but the statuses, `pending` and `expired`.
 */
export class LedgerModel {
  readonly #predictions = new Map<string, ModelPrediction>();
  readonly #bags = new Map<string, GroundTruthItem[]>();
  #pending: GroundTruthItem[] = [];
  expired = 0;

  append(prediction: ModelPrediction): void {
    if (this.#predictions.has(prediction.id)) return;
    this.#predictions.set(prediction.id, prediction);
    const mine = this.#pending.filter((item) => item.id === prediction.id);
    this.#pending = this.#pending.filter((item) => item.id !== prediction.id);
    for (const item of mine) if (this.record(item).status === 'invalid') this.expired += 1;
  }

  record(item: GroundTruthItem): GroundTruthResult {
    const prediction = this.#predictions.get(item.id);
    if (prediction === undefined) {
      this.#pending.push(item);
      return { status: 'pending' };
    }
    if (item.row === null && prediction.rows > 1) return { status: 'invalid', reason: 'row_required' };
    const row = item.row ?? 0;
    if (row >= prediction.rows) return { status: 'invalid', reason: 'row_out_of_range' };
    if (!FITTING[prediction.task].includes(item.kind)) return { status: 'invalid', reason: 'wrong_kind' };
    const bag = this.#bag(item.id, row);
    const winner = winnerOf(bag);
    bag.push(item);
    if (winner === null) return { status: 'matched' };
    return { status: said(winner) === said(item) ? 'duplicate' : 'conflict' };
  }

  rows(id: string): ModelRow[] {
    const prediction = this.#predictions.get(id);
    return Array.from({ length: prediction?.rows ?? 0 }, (_, row) => {
      const bag = this.#bag(id, row);
      const winner = winnerOf(bag);
      return {
        failure: prediction === undefined || winner === null ? null : failed(prediction, winner),
        history: bag.map(shown).sort(),
        current: winner === null ? null : shown(winner),
      };
    });
  }

  counts() {
    const bags = [...this.#bags.values()].filter((bag) => bag.length > 0);
    const distinct = bags.map((bag) => new Set(bag.map(said)).size);
    const rows = [...this.#predictions.values()].flatMap((p) => Array.from({ length: p.rows }, () => p.failureProbability));
    const scored = rows.filter((p) => !Number.isNaN(p));
    return {
      predictions: rows.length,
      labelled: bags.length,
      failures: [...this.#predictions.keys()].flatMap((id) => this.rows(id)).filter((row) => row.failure === true).length,
      pending: this.#pending.length,
      expired: this.expired,
      duplicates: sum(bags.map((bag, i) => bag.length - (distinct[i] ?? 0))),
      conflicts: sum(distinct.map((values) => values - 1)),
      expectedFailures: sum(scored),
      scored: scored.length,
    };
  }

  #bag(id: string, row: number): GroundTruthItem[] {
    const name = `${id}/${row}`;
    let bag = this.#bags.get(name);
    if (bag === undefined) this.#bags.set(name, (bag = []));
    return bag;
  }
}

function winnerOf(bag: readonly GroundTruthItem[]): GroundTruthItem | null {
  const ranked = bag.toSorted((a, b) => b.observedAt - a.observedAt || (said(a) < said(b) ? 1 : said(a) > said(b) ? -1 : 0));
  return ranked[0] ?? null;
}

function failed(prediction: ModelPrediction, truth: GroundTruthItem): boolean {
  if (truth.kind === 'correct') return truth.value === 'false';
  if (truth.kind === 'label') return truth.value !== prediction.label;
  return Math.abs(prediction.value - Number(truth.value)) > prediction.tolerance;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
