import type { CallerReference, GroundTruthItem, GroundTruthResult, ModelKey, Task } from '../../src/ledger/ledger.js';

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
  readonly createdAt: number;
  /** What callers' own ids of the reply stand for. */
  readonly references: readonly CallerReference[];
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
  readonly #uses = new Map<string, CallerReference[]>();
  #pending: GroundTruthItem[] = [];
  expired = 0;

  append(prediction: ModelPrediction): void {
    if (this.#predictions.has(prediction.id)) return;
    this.#predictions.set(prediction.id, prediction);
    for (const reference of prediction.references) this.#use(reference);
    const names = new Set([prediction.id, ...prediction.references.map(({ key }) => key)]);
    const mine = this.#pending.filter((item) => names.has(item.id));
    this.#pending = this.#pending.filter((item) => !names.has(item.id));
    for (const item of mine) if (this.record(item).status === 'invalid') this.expired += 1;
  }

  record(given: GroundTruthItem): GroundTruthResult {
    const item = this.#meant(given);
    if ('status' in item) return item;
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

  /** The ids of what was appended in the order of a scan. */
  scanned(): string[] {
    const ordered = [...this.#predictions.values()].toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    return ordered.flatMap(({ id }) => this.rows(id).map(({ failure, current }, row) => `${id}/${row} ${failure} ${current}`));
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
    const known = [...this.#predictions.values()].flatMap((p) => this.rows(p.id).filter((row) => row.failure !== null).map(() => p.failureProbability)).filter((p) => !Number.isNaN(p));
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
      labelledExpectedFailures: sum(known),
      labelledScored: known.length,
    };
  }

  /** Law 11: the item as if it had named its prediction. */
  #meant(item: GroundTruthItem): GroundTruthItem | GroundTruthResult {
    const [use, another] = this.#uses.get(item.id) ?? [];
    if (use === undefined) return item;
    if (another !== undefined) return { status: 'invalid', reason: 'ambiguous_id' };
    if (use.row === null) return { ...item, id: use.predictionId };
    if (item.row !== null && item.row > 0) return { status: 'invalid', reason: 'row_out_of_range' };
    return { ...item, id: use.predictionId, row: use.row };
  }

  #use(reference: CallerReference): void {
    const uses = this.#uses.get(reference.key) ?? [];
    const known = uses.some(({ predictionId, row }) => predictionId === reference.predictionId && row === reference.row);
    this.#uses.set(reference.key, known ? uses : [...uses, reference]);
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
