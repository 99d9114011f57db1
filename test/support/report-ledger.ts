import type { Ledger, ModelKey, PredictionBatch } from '../../src/ledger/ledger.js';
import { choiceCode } from '../../src/ledger/choice.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { temporaryDatabase } from './jobs-database.js';

export const KEY: ModelKey = { model: 'digits', version: 2, digest: 'd'.repeat(64) };

/** One answered row, with what was found out about it. */
export interface Answer {
  readonly failureProbability: number;
  readonly coldStart: number;
  /** Null while no ground truth is known. */
  readonly failed: boolean | null;
  readonly metaVersion?: number;
  readonly createdAt?: number;
  readonly review?: boolean;
  readonly audit?: boolean;
  /** Probability of being chosen to be labelled. */
  readonly choice?: number;
}

/** A real SQLite ledger in a folder of its own. */
export function temporaryLedger(): { readonly ledger: Ledger; readonly dispose: () => void } {
  const { db, dispose } = temporaryDatabase();
  return { ledger: createDirectLedger(db), dispose };
}

function column<T extends Float64Array | Int32Array>(answers: readonly Answer[], make: (length: number) => T, value: (answer: Answer, row: number) => number): T {
  const filled = make(answers.length);
  answers.forEach((answer, row) => (filled[row] = value(answer, row)));
  return filled;
}

/** Logs the answers as rows of one prediction, and their ground truths. */
export async function log(ledger: Ledger, id: string, answers: readonly Answer[], key: ModelKey = KEY): Promise<void> {
  const doubles = (value: (answer: Answer, row: number) => number) => column(answers, (length) => new Float64Array(length), value);
  const batch: PredictionBatch = {
    key,
    task: 'classification',
    featureSchema: 'schema',
    featureWidth: 1,
    ids: answers.map(() => id),
    rows: column(answers, (length) => new Int32Array(length), (_, row) => row),
    createdAt: doubles((answer) => answer.createdAt ?? 1_000),
    features: new Float32Array(answers.length),
    labels: answers.map(() => '7'),
    classes: new Int32Array(answers.length).fill(7),
    values: doubles(() => NaN),
    tolerances: doubles(() => NaN),
    confidences: doubles((answer) => 1 - answer.coldStart),
    coldStartProbabilities: doubles((answer) => answer.coldStart),
    failureProbabilities: doubles((answer) => answer.failureProbability),
    reviews: Uint8Array.from(answers, ({ review }) => (review === true ? 1 : 0)),
    audits: Uint8Array.from(answers, ({ audit }) => (audit === true ? 1 : 0)),
    choices: Uint16Array.from(answers, ({ choice }) => (choice === undefined ? 0 : choiceCode(choice))),
    metaVersions: column(answers, (length) => new Int32Array(length), (answer) => answer.metaVersion ?? 1),
    statuses: new Uint8Array(answers.length),
    inputs: answers.map(() => null),
    callers: [],
  };
  await ledger.append(batch);
  const items = answers.flatMap(({ failed }, row) =>
    failed === null ? [] : [{ id, row, kind: 'label' as const, value: failed ? '1' : '7', observedAt: 2_000, receivedAt: 2_000, source: null, choice: 0 }],
  );
  await ledger.record(items);
}
