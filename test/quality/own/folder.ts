import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnData } from '../../../bench/quality/own/own-data.js';
import { OwnFolder } from '../../../bench/quality/own/own-folder.js';
import type { OwnFacts } from '../../../bench/quality/own/own-folder.js';
import type { Teardown } from '../../support/teardown.js';

/** A folder with these files that is deleted at the end of the test. */
export function ownFolder(t: Teardown, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-own-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Rows as a CSV file with the label in the last column. */
export function csvOf(rows: readonly (readonly number[])[], labels: readonly string[]): string {
  const header = [...(rows[0] ?? []).map((_, column) => `x${column}`), 'label'];
  return [header, ...rows.map((row, index) => [...row, labels[index] ?? ''])].map((cells) => cells.join(',')).join('\n');
}

/** So many rows of distinct numbers. */
export function someRows(rows: number, width: number): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: width }, (_each, column) => Math.sin(1 + row * width + column)));
}

/** All that a folder holds: what is known of it, and the answers of its model. */
export async function readAll(folder: string): Promise<Pick<OwnFacts, 'digest' | 'columns' | 'notes'> & OwnData> {
  const own = await OwnFolder.open(folder);
  try {
    return { ...own.facts, ...(await own.answers()) };
  } finally {
    await own.close();
  }
}
