import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Task } from '../../src/ledger/ledger.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import type { ScoreKind } from '../../src/meta/features/layout.js';

/** A tensor as it stands in cases.json: integers beyond 2^53, NaN and infinities as text. */
export interface ZooTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string | boolean)[];
}

export interface ZooRequest {
  readonly inputs: readonly ZooTensor[];
  readonly outputs: readonly ZooTensor[];
}

/** What a knowledgeable reader says of the model; a key that is absent is left open. */
export interface ZooConfiguration {
  readonly task?: Task;
  readonly output?: string | null;
  readonly scores?: ScoreKind | null;
  readonly labels?: readonly string[] | null;
  readonly labelOutput?: string | null;
  /** Several where more than one is right. */
  readonly rows: RowMode | readonly RowMode[];
}

export interface ZooCase {
  readonly name: string;
  readonly exporter: string;
  readonly shows: string;
  /** Part of the reason for which the model is refused; then there are no requests. */
  readonly refused?: string;
  readonly configuration?: ZooConfiguration;
  /** An output that the service adds to the model's own. */
  readonly added?: string;
  readonly requests?: readonly ZooRequest[];
}

export const ZOO = fileURLToPath(new URL('../../../test/fixtures/zoo/', import.meta.url));

/** The models of a zoo, by name. */
export function readZoo(folder = ZOO): ZooCase[] {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'cases.json')));
  return names.sort().map((name) => ({ name, ...(JSON.parse(readFileSync(join(folder, name, 'cases.json'), 'utf8')) as Omit<ZooCase, 'name'>) }));
}
