import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256OfFile } from '../../../src/engine/file-digest.js';
import { MODEL_FILE_NAME } from '../../../src/inference/config/folder-reader.js';
import { MODEL_FILE } from '../../../src/inference/repository/folder-scan.js';
import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import type { TruthRows } from '../product/logged-rows.js';
import { mapClasses } from './class-map.js';
import type { ClassMap } from './class-map.js';
import { rowInput } from './input-tensor.js';
import { logTable } from './log-rows.js';
import type { AnsweredRows } from './log-rows.js';
import { openOwnModel } from './open-model.js';
import type { OwnModel } from './open-model.js';
import { OwnFault, asOwnFault } from './own-fault.js';
import { LEAST_ROWS } from './own-split.js';
import { readOwnTable } from './rows-file.js';
import type { OwnTable } from './rows-file.js';

/** All rows of a folder as the base model answered them. */
export interface OwnData {
  /** Names rows, model and settings: results of another digest are of something else. */
  readonly digest: string;
  readonly rows: TruthRows;
  readonly behaviour: BehaviourLayout;
  readonly columns: number;
  /** What was assumed of model and labels, in words. */
  readonly notes: readonly string[];
}

async function digestOf(folder: string, table: OwnTable, model: OwnModel): Promise<string> {
  const yaml = join(folder, MODEL_FILE_NAME);
  const parts = [model.loaded.key.digest, await sha256OfFile(table.path), existsSync(yaml) ? readFileSync(yaml, 'utf8') : ''];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** A row fails where the label that is answered is another than the true one. */
function withFailures({ logged, labels }: AnsweredRows, table: OwnTable, classes: ClassMap): TruthRows {
  const truths = Int32Array.from(table.labels, (label) => classes.truthOf(label));
  const answers = Int32Array.from(labels, (label, row) => (label === null ? null : classes.answerOf(label)) ?? logged.predicted[row] ?? -1);
  return { ...logged, truths, failures: Uint8Array.from(answers, (answer, row) => (answer === truths[row] ? 0 : 1)) };
}

function refuseUnscored({ rows }: Pick<OwnData, 'rows'>, { file, values, columns }: OwnTable): void {
  const at = rows.scores.findIndex(Number.isNaN);
  if (at < 0) return;
  const row = Math.floor(at / rows.classes);
  const hasGap = values.subarray(row * columns.length, (row + 1) * columns.length).some(Number.isNaN);
  throw new OwnFault(file, `row ${row + 1} after the header`, `the model answers no numbers for it${hasGap ? ', which has empty cells' : ''}`);
}

/** Reads a folder and runs its model over its rows. Rejects with an OwnFault that names the file and the place in it. */
export async function readOwnData(folder: string): Promise<OwnData> {
  try {
    return await read(folder);
  } catch (error) {
    throw asOwnFault(error);
  }
}

async function read(folder: string): Promise<OwnData> {
  if (!existsSync(folder)) throw new OwnFault('--own', null, `there is no folder ${folder}`);
  if (!existsSync(join(folder, MODEL_FILE))) throw new OwnFault(MODEL_FILE, null, `there is no such file in ${folder}`);
  const table = await readOwnTable(folder);
  if (table.rows < LEAST_ROWS) throw new OwnFault(table.file, null, `expected at least ${LEAST_ROWS} rows, got ${table.rows}`);
  const model = await openOwnModel(folder);
  const { loaded } = model;
  try {
    const input = rowInput(loaded.signature.inputs, loaded.rowMode, table);
    const classes = mapClasses(table.file, table.labels, model.classes);
    const rows = withFailures(await logTable(model, input, table), table, classes);
    refuseUnscored({ rows }, table);
    const notes = [...loaded.assumptions, `label: ${classes.note}.`];
    return { digest: await digestOf(folder, table, model), rows, behaviour: loaded.features.layout.behaviour, columns: table.columns.length, notes };
  } finally {
    await loaded.pool.close();
  }
}
