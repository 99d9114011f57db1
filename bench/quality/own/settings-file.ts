import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { OwnFault } from './own-fault.js';

const FILE = 'own.json';
/** The name heads tables and pictures: nothing that Markdown or the name of a setting would read otherwise. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} .,:()_-]{0,39}$/u;

export interface OwnSettings {
  /** The name of the folder where own.json gives none. */
  readonly name: string;
  /** Rows that the base model was trained on; null where own.json does not say. */
  readonly baseRows: number | null;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new OwnFault(FILE, null, `no valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new OwnFault(FILE, null, 'expected an object such as {"name": "churn", "base_rows": 2000}');
}

/** Reads `own.json` of a folder, which may be absent. Throws an OwnFault that names the field. */
export function readOwnSettings(folder: string): OwnSettings {
  const file = join(folder, FILE);
  const { name, base_rows: baseRows, ...others } = existsSync(file) ? parsed(readFileSync(file, 'utf8')) : {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new OwnFault(FILE, unknown, 'no such field; expected name and base_rows');
  if (name !== undefined && (typeof name !== 'string' || !NAME.test(name))) {
    throw new OwnFault(FILE, 'name', `expected up to 40 letters, digits, spaces and . , : ( ) _ -, got ${JSON.stringify(name)}`);
  }
  if (baseRows !== undefined && !(Number.isSafeInteger(baseRows) && Number(baseRows) > 0)) {
    throw new OwnFault(FILE, 'base_rows', `expected the number of rows that the base model was trained on, an integer of at least 1, got ${JSON.stringify(baseRows)}`);
  }
  return { name: name ?? basename(resolve(folder)), baseRows: baseRows === undefined ? null : Number(baseRows) };
}
