import type { LabelChange } from '../ledger.js';
import { modelKeyOf } from './layout.js';

const BYTES = 32;

/** Reads the changes that a script's `settle` wrote, from an offset on. */
export function decodeChanges(bytes: Buffer, offset: number): LabelChange[] {
  const changes: LabelChange[] = [];
  while (offset < bytes.length) {
    const end = offset + BYTES + bytes.readUInt32LE(offset + 28);
    changes.push({
      key: modelKeyOf(bytes.toString('utf8', offset + BYTES, end)),
      labelled: bytes.readUInt32LE(offset),
      failuresGained: bytes.readUInt32LE(offset + 4),
      failuresLost: bytes.readUInt32LE(offset + 8),
      expectedFailures: bytes.readDoubleLE(offset + 12),
      labelSequence: bytes.readDoubleLE(offset + 20),
    });
    offset = end;
  }
  return changes;
}

/** The changes of the steps of one call, as one for each key in the order of their first. */
export function mergeChanges(steps: readonly (readonly LabelChange[])[]): LabelChange[] {
  const byKey = new Map<string, LabelChange>();
  for (const change of steps.flat()) {
    const name = JSON.stringify(change.key);
    const before = byKey.get(name);
    byKey.set(name, before === undefined ? change : {
      key: change.key,
      labelled: before.labelled + change.labelled,
      failuresGained: before.failuresGained + change.failuresGained,
      failuresLost: before.failuresLost + change.failuresLost,
      expectedFailures: before.expectedFailures + change.expectedFailures,
      labelSequence: Math.max(before.labelSequence, change.labelSequence),
    });
  }
  return [...byKey.values()];
}
