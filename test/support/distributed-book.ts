import { callerIdOf } from './distributed-plan.js';
import type { PlannedTruth } from './distributed-plan.js';

/** One attempt at a prediction. */
export interface AttemptEntry {
  readonly request: number;
  readonly attempt: number;
  readonly rows: number;
  /** Name of the server that was asked. */
  readonly server: string;
  /** Null: no answer came, so it may be in the ledger or not. */
  answer: { readonly predictionId: string; readonly status: string; readonly metaVersion: number; readonly at: number } | null;
}

/** One attempt at a ground truth; `source` is its own and comes back in the ledger's history. */
export interface TruthEntry {
  readonly source: string;
  readonly truth: PlannedTruth;
  /** Caller's id of the attempt that it is for. */
  readonly target: string;
  /** What was acknowledged; null: no acknowledgement came, so it may be in the ledger or not. */
  status: string | null;
}

/** What was sent and what was acknowledged, kept by the sender. */
export class Book {
  /** By the caller's id. */
  readonly attempts = new Map<string, AttemptEntry>();
  readonly truths: TruthEntry[] = [];
  /** Replies that should not be: neither a success nor a 503. */
  readonly surprises: string[] = [];
  refusedPredictions = 0;
  refusedTruths = 0;
  readonly #current = new Map<number, AttemptEntry>();
  #sent = 0;

  /** The attempt of a request that counts: the answered one, else the last, else the first to come. */
  current(request: number): { readonly target: string; readonly predictionId: string | null } {
    const entry = this.#current.get(request);
    return { target: callerIdOf(request, entry?.attempt ?? 0), predictionId: entry?.answer?.predictionId ?? null };
  }

  /** A new attempt; its caller's id was not used before. */
  attempt(request: number, rows: number, server: string): AttemptEntry {
    const attempt = (this.#current.get(request)?.attempt ?? -1) + 1;
    const entry: AttemptEntry = { request, attempt, rows, server, answer: null };
    this.attempts.set(callerIdOf(request, attempt), entry);
    this.#current.set(request, entry);
    return entry;
  }

  /** A ground truth that is about to be sent. */
  sending(truth: PlannedTruth, target: string): TruthEntry {
    const entry: TruthEntry = { source: `truth-${this.#sent++}`, truth, target, status: null };
    this.truths.push(entry);
    return entry;
  }

  surprise(text: string): void {
    if (this.surprises.length < 20) this.surprises.push(text.slice(0, 500));
  }

  /** Acknowledged ground truths by status. */
  acknowledged(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of this.truths) counts[status ?? 'unacknowledged'] = (counts[status ?? 'unacknowledged'] ?? 0) + 1;
    return counts;
  }

  answeredRows(): number {
    let rows = 0;
    for (const { answer, rows: own } of this.attempts.values()) rows += answer === null ? 0 : own;
    return rows;
  }
}
