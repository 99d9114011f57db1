import { storableText } from '../text.js';
import type { PredictionBatch } from '../ledger.js';

/** A text to write: the row it belongs to (-1: the whole reply) and its UTF-8. */
export interface RowText {
  readonly row: number;
  readonly text: Buffer;
}

/** One reply of a batch, made ready to be written. */
export interface Reply {
  readonly id: Buffer;
  /** Its rows are those of the batch from here on. */
  readonly first: number;
  readonly rows: number;
  /** UTF-8 of the predicted labels; null where a row has none. */
  readonly labels: readonly (Buffer | null)[];
  readonly callers: readonly RowText[];
  readonly inputs: readonly RowText[];
}

/** The replies of a batch. @throws RangeError when the rows of a reply are not side by side as 0, 1, ... */
export function splitReplies(batch: PredictionBatch): Reply[] {
  const callers = callersOf(batch);
  const encodeLabel = labelEncoder();
  const replies: Reply[] = [];
  const { ids, rows } = batch;
  for (let first = 0, end = 0; first < ids.length; first = end) {
    const id = ids[first] ?? '';
    if (rows[first] !== 0) throw new RangeError(`the reply ${id} begins with row ${rows[first]}`);
    for (end = first + 1; end < ids.length && ids[end] === id && rows[end] === end - first; ) end += 1;
    replies.push({
      id: Buffer.from(storableText(id)),
      first,
      rows: end - first,
      labels: batch.labels.slice(first, end).map(encodeLabel),
      callers: (callers.get(id) ?? []).filter(({ row }) => row < end - first),
      inputs: inputsOf(batch, first, end),
    });
  }
  return replies;
}

function callersOf({ callers }: PredictionBatch): Map<string, RowText[]> {
  const byId = new Map<string, RowText[]>();
  for (const { key, predictionId, row } of callers) {
    const reference = { row: row ?? -1, text: Buffer.from(storableText(key)) };
    const others = byId.get(predictionId);
    if (others === undefined) byId.set(predictionId, [reference]);
    else others.push(reference);
  }
  return byId;
}

/** The labels of a batch are few texts, many times. */
function labelEncoder(): (label: string | null) => Buffer | null {
  const encoded = new Map<string, Buffer>();
  return (label) => {
    if (label === null) return null;
    let text = encoded.get(label);
    if (text === undefined) encoded.set(label, (text = Buffer.from(storableText(label))));
    return text;
  };
}

const NONE: readonly RowText[] = [];

function inputsOf({ inputs }: PredictionBatch, first: number, end: number): readonly RowText[] {
  let found: RowText[] | null = null;
  for (let i = first; i < end; i++) {
    const json = inputs[i] ?? null;
    if (json !== null) (found ??= []).push({ row: i - first, text: Buffer.from(json) });
  }
  return found ?? NONE;
}
