import { KINDS, nameOf } from '../codes.js';
import type { GroundTruthItem, GroundTruthKind } from '../ledger.js';
import type { Truth } from '../outcome.js';

/** What the ground truths of a labelled row come to. */
export interface RowState extends Truth {
  readonly failure: boolean;
  /** Number of the ground truth that counts. */
  readonly current: number;
  readonly records: number;
}

const STATE_BYTES = 24;
const TRUTH_BYTES = 28;

export function decodeState(state: Buffer): RowState {
  return {
    observedAt: state.readDoubleLE(0),
    current: state.readUInt32LE(8),
    records: state.readUInt32LE(12),
    kind: kindOf(state),
    failure: failureOf(state) === 1,
    value: state.toString('utf8', STATE_BYTES),
  };
}

/** 1 for a failure, else 0. */
export function failureOf(state: Buffer): number {
  return state[21] ?? 0;
}

/** The choice of a row (law 14): what its state says, else what was planned with its reply. */
export function choiceOf(state: Buffer | null, planned: number): number {
  const stated = state === null ? 0 : state.readUInt16LE(22);
  return stated === 0 ? planned : stated;
}

export function kindOf(state: Buffer): GroundTruthKind {
  return nameOf(KINDS, state[20] ?? -1);
}

export function valueOf(state: Buffer): string {
  return state.toString('utf8', STATE_BYTES);
}

export function decodeTruth(bytes: Buffer): Omit<GroundTruthItem, 'id' | 'row' | 'choice'> {
  const end = TRUTH_BYTES + bytes.readUInt32LE(24);
  return {
    kind: kindOf(bytes),
    value: bytes.toString('utf8', TRUTH_BYTES, end),
    observedAt: bytes.readDoubleLE(0),
    receivedAt: bytes.readDoubleLE(8),
    source: bytes[21] === 1 ? bytes.toString('utf8', end) : null,
  };
}

/** Sums over the first bytes of states, each STATE_BYTES long. */
export function sumStates(states: Buffer): { readonly labelled: number; readonly failures: number; readonly duplicates: number; readonly conflicts: number } {
  let [failures, duplicates, conflicts] = [0, 0, 0];
  for (let at = 0; at < states.byteLength; at += STATE_BYTES) {
    const distinct = states.readUInt32LE(at + 16);
    failures += states[at + 21] ?? 0;
    duplicates += states.readUInt32LE(at + 12) - distinct;
    conflicts += distinct - 1;
  }
  return { labelled: states.byteLength / STATE_BYTES, failures, duplicates, conflicts };
}
