import { TASKS } from '../codes.js';
import type { PredictionBatch } from '../ledger.js';
import { FORMAT, HEADER_BYTES, NO_LABEL, ROW_BYTES } from './layout.js';
import type { Reply, RowText } from './reply-split.js';

/** The part of a header that a script puts in: the numbers k and f. */
const NUMBERS_OFFSET = 8;
const NUMBERS_BYTES = 8;
/** Bytes around a reply: lengths of the id and of the value's rest, number of inputs. */
const FRAME_BYTES = 12;
const TEXT_FRAME_BYTES = 8;

/** Bytes that `encodeReplies` writes for a reply. */
export function encodedBytes({ id, rows, labels, callers, inputs }: Reply, featureWidth: number): number {
  return FRAME_BYTES + id.length + inputs.length * TEXT_FRAME_BYTES + textBytes(inputs) + placesOf(rows, labels, callers, featureWidth).end - NUMBERS_BYTES;
}

/**
 * Some replies of a batch for the script `append`: of each u32 length and id; 8 bytes of the value of `p:<id>`; u32 length and the rest of the
 * value from byte 16 on (between them the script puts the numbers); u32 count and raw inputs (u32 row, u32 length, text).
 */
export function encodeReplies(batch: PredictionBatch, replies: readonly Reply[]): Buffer {
  const bytes = replies.reduce((sum, reply) => sum + encodedBytes(reply, batch.featureWidth), 0);
  const buffer = Buffer.allocUnsafe(bytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset, bytes);
  let at = 0;
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const text = (source: Uint8Array): void => {
    u32(source.length);
    buffer.set(source, at);
    at += source.length;
  };
  for (const reply of replies) {
    const places = placesOf(reply.rows, reply.labels, reply.callers, batch.featureWidth);
    text(reply.id);
    view.setUint8(at, FORMAT);
    view.setUint8(at + 1, TASKS.indexOf(batch.task));
    view.setUint16(at + 2, 0, true);
    view.setUint32(at + 4, reply.rows, true);
    at += NUMBERS_OFFSET;
    u32(places.end - NUMBERS_OFFSET - NUMBERS_BYTES);
    writeRest(buffer, view, at - NUMBERS_OFFSET - NUMBERS_BYTES, batch, reply, places);
    at += places.end - NUMBERS_OFFSET - NUMBERS_BYTES;
    u32(reply.inputs.length);
    for (const input of reply.inputs) {
      u32(input.row);
      text(input.text);
    }
  }
  return buffer;
}

interface Places {
  readonly labels: number;
  readonly callers: number;
  /** A multiple of four. */
  readonly vectors: number;
  readonly end: number;
}

/** Where the parts of a value begin. */
function placesOf(rows: number, texts: Reply['labels'], references: readonly RowText[], featureWidth: number): Places {
  const labels = HEADER_BYTES + rows * ROW_BYTES;
  let callers = labels;
  for (const text of texts) callers += text?.length ?? 0;
  const vectors = (callers + 4 + references.length * TEXT_FRAME_BYTES + textBytes(references) + 3) & ~3;
  return { labels, callers, vectors, end: vectors + rows * featureWidth * Float32Array.BYTES_PER_ELEMENT };
}

function textBytes(texts: readonly RowText[]): number {
  let bytes = 0;
  for (const { text } of texts) bytes += text.length;
  return bytes;
}

/** Writes the value from byte 16 on; `start` is where its byte 0 would be. */
function writeRest(buffer: Buffer, view: DataView, start: number, batch: PredictionBatch, reply: Reply, places: Places): void {
  const { first, rows } = reply;
  const { featureWidth, features } = batch;
  view.setUint32(start + 16, featureWidth, true);
  view.setUint32(start + 20, places.callers, true);
  view.setUint32(start + 24, places.vectors, true);
  view.setUint32(start + 28, 0, true);
  view.setFloat64(start + 32, batch.createdAt[first] ?? NaN, true);
  let labelAt = places.labels;
  for (let row = 0; row < rows; row++) {
    const label = reply.labels[row] ?? null;
    writeRow(view, start + HEADER_BYTES + row * ROW_BYTES, batch, first + row);
    view.setUint32(start + HEADER_BYTES + row * ROW_BYTES + 56, labelAt, true);
    view.setUint32(start + HEADER_BYTES + row * ROW_BYTES + 60, label?.length ?? NO_LABEL, true);
    if (label === null) continue;
    buffer.set(label, start + labelAt);
    labelAt += label.length;
  }
  writeCallers(buffer, view, start + places.callers, start + places.vectors, reply.callers);
  const from = features.byteOffset + first * featureWidth * Float32Array.BYTES_PER_ELEMENT;
  buffer.set(new Uint8Array(features.buffer, from, rows * featureWidth * Float32Array.BYTES_PER_ELEMENT), start + places.vectors);
}

function writeRow(view: DataView, at: number, batch: PredictionBatch, i: number): void {
  view.setFloat64(at, batch.values[i] ?? NaN, true);
  view.setFloat64(at + 8, batch.tolerances[i] ?? NaN, true);
  view.setFloat64(at + 16, batch.confidences[i] ?? NaN, true);
  view.setFloat64(at + 24, batch.coldStartProbabilities[i] ?? NaN, true);
  view.setFloat64(at + 32, batch.failureProbabilities[i] ?? NaN, true);
  view.setInt32(at + 40, batch.classes[i] ?? -1, true);
  view.setInt32(at + 44, batch.metaVersions[i] ?? 0, true);
  view.setUint8(at + 48, batch.reviews[i] ?? 0);
  view.setUint8(at + 49, batch.statuses[i] ?? 0);
  view.setUint16(at + 50, batch.choices[i] ?? 0, true);
  view.setUint32(at + 52, batch.audits[i] ?? 0, true);
}

/** Writes the callers and the zeros up to `end`. */
function writeCallers(buffer: Buffer, view: DataView, at: number, end: number, callers: readonly RowText[]): void {
  view.setUint32(at, callers.length, true);
  at += 4;
  for (const { row, text } of callers) {
    view.setInt32(at, row, true);
    view.setUint32(at + 4, text.length, true);
    buffer.set(text, at + TEXT_FRAME_BYTES);
    at += TEXT_FRAME_BYTES + text.length;
  }
  buffer.fill(0, at, end);
}
