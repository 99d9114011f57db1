import type { AttemptEntry, Book, TruthEntry } from './distributed-book.js';
import { HttpClient } from './distributed-http.js';
import { callerIdOf, CLASSES, identityOf, WIDTH } from './distributed-plan.js';
import { RateRecount, type ReportRates } from './distributed-rates.js';
import type { WaitingReader, WaitingTruth } from './distributed-waiting.js';
import { linearWeights } from './http-models.js';

/** Seed of the weights of the base model, `linearClassifier(WIDTH, CLASSES, MODEL_SEED)`. */
export const MODEL_SEED = 1;

interface ExportLine {
  readonly prediction_id: string;
  readonly row: number;
  readonly label: string;
  readonly failure: boolean | null;
  readonly failure_probability: number | null;
  readonly ground_truth: { readonly kind: string; readonly value: string; readonly observed_at: string } | null;
  readonly inputs: unknown;
}
interface History {
  readonly predictions: readonly {
    readonly row: number;
    readonly failure: boolean | null;
    readonly ground_truths: readonly { readonly kind: string; readonly value: string; readonly observed_at: string; readonly source: string | null; readonly current: boolean }[];
  }[];
}
type Row = History['predictions'][number];

const COUNTS = ['predictions', 'labelled', 'failures', 'pending', 'expired', 'duplicates', 'conflicts'] as const;
export type ReportCounts = Record<(typeof COUNTS)[number], number>;

type ReportReply = ReportRates & { readonly rows: ReportCounts };

export interface Recount {
  /** What the report says. */
  readonly report: ReportCounts;
  /** What a plain recount gives; `pending` is the least that it can be, and exact where the store was read for it. */
  readonly recounted: ReportCounts;
  /** Ground truths without an acknowledgement that may or may not be pending. */
  readonly uncertainPending: number;
  /** Acknowledged ground truths, and those of them that were found. */
  readonly acknowledged: number;
  readonly found: number;
  /** Answered predictions that are not in the ledger. */
  readonly lost: readonly AttemptEntry[];
  /** Predictions in the ledger of which the sender got no answer. */
  readonly unanswered: number;
  /** Everything that is not as it must be; the first so many. */
  readonly faults: readonly string[];
}

interface PendingCount {
  /** Ground truths that wait; where the store was not read, those that certainly do. */
  readonly pending: number;
  /** Those of them that were acknowledged. */
  readonly acknowledgedPending: number;
  /** Further ones that may wait. */
  readonly uncertain: number;
}

const MOST_FAULTS = 30;
const AT_ONCE = 32;

/**
 * Sets the book against the export, the histories of all predictions and the report of one server. Whether ground truths without an
 * acknowledgement wait for a prediction that is not there can only be told by the store itself: without `waiting` they are uncertain.
 */
export async function recount(url: string, model: string, book: Book, waiting?: WaitingReader): Promise<Recount> {
  const client = new HttpClient(AT_ONCE);
  try {
    const counter = new Counter(book, new Map());
    for await (const line of client.lines<ExportLine>(`${url}/v1/models/${model}/ledger`)) counter.take(line);
    const ids = [...counter.predictionIds()];
    let next = 0;
    const reader = async () => {
      for (let id = ids[next++]; id !== undefined; id = ids[next++]) counter.check(id, await client.json<History>(`${url}/v1/predictions/${id}`));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, reader));
    return counter.result(await client.json<ReportReply>(`${url}/v1/models/${model}/report`), (await waiting?.()) ?? null);
  } finally {
    client.close();
  }
}

class Counter {
  readonly #book: Book;
  /** Rows of the export by caller's id. */
  readonly #attempts: Map<string, { predictionId: string; rows: Map<number, ExportLine> }>;
  readonly #sent = new Map<string, TruthEntry>();
  /** Acknowledged and unacknowledged truths by target and row. */
  readonly #expected = new Map<string, TruthEntry[]>();
  readonly #faults: string[] = [];
  readonly #counts: ReportCounts = { predictions: 0, labelled: 0, failures: 0, pending: 0, expired: 0, duplicates: 0, conflicts: 0 };
  readonly #weights = linearWeights(WIDTH, CLASSES, MODEL_SEED);
  readonly #rates = new RateRecount();
  #found = 0;

  constructor(book: Book, attempts: Map<string, { predictionId: string; rows: Map<number, ExportLine> }>) {
    this.#book = book;
    this.#attempts = attempts;
    for (const entry of book.truths) {
      this.#sent.set(entry.source, entry);
      const key = `${entry.target}/${entry.truth.row}`;
      const list = this.#expected.get(key) ?? [];
      list.push(entry);
      this.#expected.set(key, list);
    }
    for (const surprise of book.surprises) this.#fault(surprise);
  }

  *predictionIds(): Iterable<string> {
    for (const { predictionId } of this.#attempts.values()) yield predictionId;
  }

  /** One row of the export. */
  take(line: ExportLine): void {
    this.#counts.predictions++;
    if (line.failure !== null) this.#counts.labelled++;
    if (line.failure === true) this.#counts.failures++;
    this.#rates.take(line.failure, line.failure_probability);
    const inputs = numbersOf(line.inputs);
    const identity = identityOf(inputs);
    const caller = callerIdOf(identity.request, identity.attempt);
    const name = `${caller} row ${line.row} (${line.prediction_id})`;
    const known = this.#book.attempts.get(caller);
    if (known === undefined) return this.#fault(`${name} is in the ledger and was never sent`);
    if (known.answer !== null && known.answer.predictionId !== line.prediction_id) this.#fault(`${name} was answered as ${known.answer.predictionId}`);
    if (identity.row !== line.row) this.#fault(`${name} has the inputs of row ${identity.row}`);
    const attempt = this.#attempts.get(caller) ?? { predictionId: line.prediction_id, rows: new Map<number, ExportLine>() };
    this.#attempts.set(caller, attempt);
    if (attempt.predictionId !== line.prediction_id || attempt.rows.has(line.row)) this.#fault(`${name} is in the ledger twice`);
    attempt.rows.set(line.row, line);
    const { label, margin } = this.#predict(inputs);
    if (margin > 1e-3 && label !== line.label) this.#fault(`${name} has the label ${line.label}, the base model says ${label}`);
  }

  /** The history of one prediction against what was sent and acknowledged. */
  check(predictionId: string, history: History): void {
    for (const row of history.predictions) {
      const truths = row.ground_truths;
      const entries = truths.map(({ source }) => this.#sent.get(source ?? ''));
      const name = `${predictionId} row ${row.row}`;
      if (new Set(truths.map(({ source }) => source)).size !== truths.length) this.#fault(`${name} has a ground truth twice`);
      entries.forEach((entry, index) => this.#compare(name, entry, row, index));
      this.#countRow(name, predictionId, row);
    }
  }

  #compare(name: string, entry: TruthEntry | undefined, row: Row, index: number): void {
    const stored = row.ground_truths[index];
    if (entry === undefined || stored === undefined) return this.#fault(`${name} has a ground truth that was never sent: ${JSON.stringify(stored)}`);
    const same = entry.truth.label === stored.value && entry.truth.observedAt === Date.parse(stored.observed_at) && entry.truth.row === row.row && stored.kind === 'label';
    if (!same) this.#fault(`${name} has ${JSON.stringify(stored)}, sent was ${JSON.stringify(entry)}`);
    if (entry.status !== null) this.#found++;
  }

  /** By the laws of the ledger: which ground truth counts, duplicates, conflicts, failure. */
  #countRow(name: string, predictionId: string, row: Row): void {
    const caller = this.#callerOf.get(predictionId) ?? this.#indexCallers().get(predictionId) ?? '';
    const line = this.#attempts.get(caller)?.rows.get(row.row);
    if (line === undefined) return this.#fault(`${name} is not in the export`);
    const truths = row.ground_truths;
    const distinct = new Set(truths.map(({ value }) => value)).size;
    this.#counts.duplicates += truths.length - distinct;
    this.#counts.conflicts += Math.max(0, distinct - 1);
    const [counts = null] = [...truths].sort((a, b) => Date.parse(b.observed_at) - Date.parse(a.observed_at) || (a.value < b.value ? 1 : -1));
    const failure = counts === null ? null : counts.value !== line.label;
    if (failure !== line.failure || failure !== row.failure) this.#fault(`${name}: failure is ${String(failure)}, the export says ${String(line.failure)}, the history ${String(row.failure)}`);
    if (counts !== null && (line.ground_truth?.value !== counts.value || line.ground_truth.observed_at !== counts.observed_at)) this.#fault(`${name}: ${JSON.stringify(counts)} counts, the export has ${JSON.stringify(line.ground_truth)}`);
    if (truths.filter(({ current }) => current).length !== (counts === null ? 0 : 1)) this.#fault(`${name} has not one ground truth that counts`);
    this.#checkAcknowledged(name, caller, row);
  }

  #checkAcknowledged(name: string, caller: string, row: Row): void {
    const stored = new Set(row.ground_truths.map(({ source }) => source));
    const expected = this.#expected.get(`${caller}/${row.row}`) ?? [];
    for (const entry of expected) if (entry.status !== null && !stored.has(entry.source)) this.#fault(`${name} lacks ${JSON.stringify(entry)}, which was acknowledged`);
    const matched = expected.filter(({ status }) => status === 'matched').length;
    const certain = expected.length > 0 && expected.every(({ status }) => status !== null && status !== 'pending');
    if (matched > 1 || (certain && matched !== 1)) this.#fault(`${name} was acknowledged as matched ${matched} times`);
  }

  result({ rows: report, ...rates }: ReportReply, waiting: readonly WaitingTruth[] | null): Recount {
    const { pending, acknowledgedPending, uncertain } = waiting === null ? this.#boundPending() : this.#countPending(waiting);
    this.#counts.pending = pending;
    const lost: AttemptEntry[] = [];
    let unanswered = 0;
    for (const [caller, entry] of this.#book.attempts) {
      const stored = this.#attempts.get(caller);
      if (stored === undefined && entry.answer !== null) lost.push(entry);
      if (stored !== undefined && entry.answer === null) unanswered++;
      if (stored !== undefined && stored.rows.size !== entry.rows) this.#fault(`${caller} has ${stored.rows.size} of its ${entry.rows} rows`);
    }
    for (const count of COUNTS) {
      const most = this.#counts[count] + (count === 'pending' ? uncertain : 0);
      if (report[count] < this.#counts[count] || report[count] > most) this.#fault(`${count}: the report says ${report[count]}, the recount ${this.#counts[count]}${most > this.#counts[count] ? ` to ${most}` : ''}`);
    }
    for (const fault of this.#rates.faults(rates)) this.#fault(fault);
    const acknowledged = this.#book.truths.filter(({ status }) => status !== null).length;
    if (this.#found + acknowledgedPending !== acknowledged) this.#fault(`${acknowledged} ground truths were acknowledged, ${this.#found} found and ${acknowledgedPending} pending`);
    return { report, recounted: this.#counts, uncertainPending: uncertain, acknowledged, found: this.#found, lost, unanswered, faults: this.#faults };
  }

  /** Ground truths of predictions that are not in the ledger: they wait, and none of them was ever told as joined. */
  #boundPending(): PendingCount {
    let pending = 0;
    let uncertain = 0;
    for (const entry of this.#withoutPrediction()) {
      if (entry.status === null) uncertain++;
      else pending++;
    }
    return { pending, acknowledgedPending: pending, uncertain };
  }

  /** The same, and which of those without an acknowledgement wait, by the store itself. */
  #countPending(waiting: readonly WaitingTruth[]): PendingCount {
    const sources = new Set(waiting.map(({ source }) => source ?? ''));
    if (sources.size !== waiting.length) this.#fault(`of ${waiting.length} waiting ground truths only ${sources.size} are distinct`);
    for (const { id, source } of waiting) {
      const entry = this.#sent.get(source ?? '');
      if (entry === undefined) this.#fault(`a ground truth that was never sent waits for ${id}: ${source}`);
      else if (this.#attempts.has(entry.target)) this.#fault(`${JSON.stringify(entry)} waits for ${id}, its prediction is in the ledger`);
    }
    let acknowledgedPending = 0;
    for (const entry of this.#withoutPrediction()) {
      if (entry.status === null) continue;
      if (sources.has(entry.source)) acknowledgedPending++;
      else this.#fault(`${JSON.stringify(entry)} was acknowledged, and neither joined nor waits`);
    }
    return { pending: waiting.length, acknowledgedPending, uncertain: 0 };
  }

  *#withoutPrediction(): Iterable<TruthEntry> {
    for (const entry of this.#book.truths) {
      if (this.#attempts.has(entry.target)) continue;
      if (entry.status !== null && entry.status !== 'pending') this.#fault(`${JSON.stringify(entry)} was acknowledged, its prediction is not in the ledger`);
      yield entry;
    }
  }

  readonly #callerOf = new Map<string, string>();

  #indexCallers(): Map<string, string> {
    for (const [caller, { predictionId }] of this.#attempts) this.#callerOf.set(predictionId, caller);
    return this.#callerOf;
  }

  #predict(inputs: readonly number[]): { readonly label: string; readonly margin: number } {
    const logits = Array.from({ length: CLASSES }, (_, label) => inputs.reduce((sum, value, at) => sum + value * (this.#weights[at * CLASSES + label] ?? NaN), 0));
    const order = logits.map((_, label) => label).sort((a, b) => (logits[b] ?? NaN) - (logits[a] ?? NaN));
    const [best = 0, second = 0] = order;
    return { label: String(best), margin: (logits[best] ?? NaN) - (logits[second] ?? NaN) };
  }

  #fault(text: string): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(text);
  }
}

/** Raw inputs of a row as the ledger has them: a nested array, or an object of named ones. */
function numbersOf(inputs: unknown): number[] {
  if (Array.isArray(inputs)) return inputs.flat(9).map(Number);
  if (typeof inputs === 'object' && inputs !== null) return Object.values(inputs).flatMap(numbersOf);
  return [];
}
