import type { CallerReference, PredictionBatch } from '../ledger.js';

/** Some rows of a batch, side by side. */
export interface BatchPiece {
  readonly batch: PredictionBatch;
  /** How many rows the reply of each row has, those of other pieces included. */
  readonly replyRows: Int32Array;
}

/**
 * Cuts a batch, in order, into pieces of at most `size` rows, also within a reply: its rows come in order of their numbers, so what is
 * missing of a reply that is not written whole are its last ones. A caller's own id comes with the row that it names, that of a whole
 * reply with its last row.
 */
export function* piecesOf(batch: PredictionBatch, size: number): Generator<BatchPiece> {
  const replyRows = countReplyRows(batch);
  const count = batch.ids.length;
  if (count <= size) {
    yield { batch, replyRows };
    return;
  }
  const callers = callersByPiece(batch, replyRows, size);
  for (let from = 0, i = 0; from < count; from += size, i += 1) {
    const end = Math.min(count, from + size);
    yield { batch: rowsOf(batch, from, end, callers.get(i) ?? []), replyRows: replyRows.slice(from, end) };
  }
}

/** Rows of the reply of each row: the largest row number of that reply and one, so that a row given twice counts once. */
function countReplyRows({ ids, rows }: PredictionBatch): Int32Array {
  const counts = new Map<string, number>();
  for (const [i, id] of ids.entries()) counts.set(id, Math.max(counts.get(id) ?? 0, (rows[i] ?? 0) + 1));
  return Int32Array.from(ids, (id) => counts.get(id) ?? 1);
}

function callersByPiece({ ids, rows, callers }: PredictionBatch, replyRows: Int32Array, size: number): Map<number, CallerReference[]> {
  const byPiece = new Map<number, CallerReference[]>();
  if (callers.length === 0) return byPiece;
  /** Where row 0 of each reply is in the batch, or would be. */
  const starts = new Map<string, number>();
  for (const [i, id] of ids.entries()) if (!starts.has(id)) starts.set(id, i - (rows[i] ?? 0));
  for (const caller of callers) {
    const start = starts.get(caller.predictionId);
    if (start === undefined) continue;
    const piece = Math.floor((start + (caller.row ?? (replyRows[start] ?? 1) - 1)) / size);
    const here = byPiece.get(piece);
    if (here === undefined) byPiece.set(piece, [caller]);
    else here.push(caller);
  }
  return byPiece;
}

/** Copies: a view that crosses threads takes all of its buffer with it. */
function rowsOf(batch: PredictionBatch, from: number, end: number, callers: readonly CallerReference[]): PredictionBatch {
  const { key, task, featureSchema, featureWidth } = batch;
  return {
    key,
    task,
    featureSchema,
    featureWidth,
    ids: batch.ids.slice(from, end),
    rows: batch.rows.slice(from, end),
    createdAt: batch.createdAt.slice(from, end),
    features: batch.features.slice(from * featureWidth, end * featureWidth),
    labels: batch.labels.slice(from, end),
    classes: batch.classes.slice(from, end),
    values: batch.values.slice(from, end),
    tolerances: batch.tolerances.slice(from, end),
    confidences: batch.confidences.slice(from, end),
    coldStartProbabilities: batch.coldStartProbabilities.slice(from, end),
    failureProbabilities: batch.failureProbabilities.slice(from, end),
    reviews: batch.reviews.slice(from, end),
    metaVersions: batch.metaVersions.slice(from, end),
    statuses: batch.statuses.slice(from, end),
    audits: batch.audits.slice(from, end),
    choices: batch.choices.slice(from, end),
    inputs: batch.inputs.slice(from, end),
    callers,
  };
}
