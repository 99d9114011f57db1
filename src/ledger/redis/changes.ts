import type { LabelChange, OutcomeChange } from '../ledger.js';
import { modelKeyOf } from './layout.js';

/** Bytes before the model key. */
const HEAD_BYTES = 64;

/** Reads the changes that a script's `settle` wrote, from an offset on. */
export function decodeChanges(bytes: Buffer, offset: number): LabelChange[] {
  const changes: LabelChange[] = [];
  while (offset < bytes.length) {
    const name = offset + HEAD_BYTES;
    const delays = name + bytes.readUInt32LE(offset + 60);
    const all = outcomeAt(bytes, offset);
    changes.push({
      key: modelKeyOf(bytes.toString('utf8', name, delays)),
      ...all,
      scored: outcomeAt(bytes, offset + 12),
      accepted: outcomeAt(bytes, offset + 24),
      expectedFailures: bytes.readDoubleLE(offset + 36),
      expectedVariance: bytes.readDoubleLE(offset + 44),
      labelSequence: bytes.readDoubleLE(offset + 52),
      delays: Float64Array.from({ length: all.labelled }, (_, i) => bytes.readDoubleLE(delays + 8 * i)),
    });
    offset = delays + 8 * all.labelled;
  }
  return changes;
}

function outcomeAt(bytes: Buffer, offset: number): OutcomeChange {
  return { labelled: bytes.readUInt32LE(offset), failuresGained: bytes.readUInt32LE(offset + 4), failuresLost: bytes.readUInt32LE(offset + 8) };
}
