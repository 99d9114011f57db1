import { KINDS } from '../codes.js';
import type { GroundTruthItem } from '../ledger.js';
import { storableText } from '../text.js';

/** Bytes of a ground truth before its texts. */
const ITEM_BYTES = 28;
/** Lengths of the id and of the ground truth. */
const FRAME_BYTES = 8;

/** A ground truth for the script `record`: u32 length and id, u32 length and the ground truth in the format of the layout. */
export function encodeItem({ id, row, kind, value, observedAt, receivedAt, source, choice }: GroundTruthItem): Buffer {
  const texts = [storableText(id), storableText(value), source === null ? '' : storableText(source)] as const;
  const [idBytes, valueBytes, sourceBytes] = texts.map((text) => Buffer.byteLength(text)) as [number, number, number];
  const buffer = Buffer.allocUnsafe(FRAME_BYTES + idBytes + ITEM_BYTES + valueBytes + sourceBytes);
  let at = buffer.writeUInt32LE(idBytes, 0);
  at += buffer.write(texts[0], at);
  at = buffer.writeUInt32LE(ITEM_BYTES + valueBytes + sourceBytes, at);
  at = buffer.writeDoubleLE(observedAt, at);
  at = buffer.writeDoubleLE(receivedAt, at);
  at = buffer.writeInt32LE(row ?? -1, at);
  at = buffer.writeUInt8(KINDS.indexOf(kind), at);
  at = buffer.writeUInt8(source === null ? 0 : 1, at);
  at = buffer.writeUInt16LE(choice, at);
  at = buffer.writeUInt32LE(valueBytes, at);
  at += buffer.write(texts[1], at);
  buffer.write(texts[2], at);
  return buffer;
}
