import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import type { TruthRows } from '../product/logged-rows.js';

/** All rows of a folder as the base model answered them: what the shuffles are made of. */
export interface OwnData {
  readonly rows: TruthRows;
  readonly behaviour: BehaviourLayout;
}

/** Writes the answers where other processes read them, bit for bit: they are too many for a message. */
export function writeOwnData(path: string, data: OwnData): void {
  writeFileSync(path, serialize(data));
}

/** Reads what `writeOwnData` wrote. */
export function readOwnData(path: string): OwnData {
  return deserialize(readFileSync(path)) as OwnData;
}
