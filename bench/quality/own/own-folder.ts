import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256OfFile } from '../../../src/engine/file-digest.js';
import { augmentationIn } from '../../../src/inference/augmentation.js';
import { MODEL_FILE_NAME } from '../../../src/inference/config/folder-reader.js';
import { MODEL_FILE } from '../../../src/inference/repository/folder-scan.js';
import type { TruthRows } from '../product/logged-rows.js';
import { mapClasses } from './class-map.js';
import type { ClassMap } from './class-map.js';
import { rowInput } from './input-tensor.js';
import type { RowInput } from './input-tensor.js';
import { logTable } from './log-rows.js';
import type { AnsweredRows } from './log-rows.js';
import { openOwnModel } from './open-model.js';
import type { OwnModel } from './open-model.js';
import type { OwnData } from './own-data.js';
import { OwnFault, throwOwnFault } from './own-fault.js';
import { LEAST_ROWS } from './own-split.js';
import { readOwnTable } from './rows-file.js';
import type { OwnTable } from './rows-file.js';

/** What a folder holds, as it is known before its model has run over its rows. */
export interface OwnFacts {
  /** Names rows, model and settings: results of another digest are of something else. */
  readonly digest: string;
  readonly rows: number;
  readonly classes: number;
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

function refuseUnscored(rows: TruthRows, { file, values, columns, notNumber }: OwnTable): void {
  const at = rows.scores.findIndex(Number.isNaN);
  if (at < 0) return;
  const row = Math.floor(at / rows.classes);
  // A text is no gap.
  const hasGap = notNumber === null && values.subarray(row * columns.length, (row + 1) * columns.length).some(Number.isNaN);
  throw new OwnFault(file, `row ${row + 1} after the header`, `the model answers no numbers for it${hasGap ? ', which has empty cells' : ''}`);
}

/** The parts of a folder that fit each other. */
interface Parts {
  readonly table: OwnTable;
  readonly model: OwnModel;
  readonly input: RowInput;
  readonly classes: ClassMap;
}

async function tableOf(folder: string): Promise<OwnTable> {
  if (!existsSync(folder)) throw new OwnFault('--own', null, `there is no folder ${folder}`);
  if (!existsSync(join(folder, MODEL_FILE))) throw new OwnFault(MODEL_FILE, null, `there is no such file in ${folder}`);
  const table = await readOwnTable(folder);
  if (table.rows < LEAST_ROWS) throw new OwnFault(table.file, null, `expected at least ${LEAST_ROWS} rows, got ${table.rows}`);
  return table;
}

/** A comparison with baselines that see less must say so. */
function augmentationNotes({ loaded: { config } }: OwnModel): readonly string[] {
  const augmentation = augmentationIn(config);
  return augmentation === null ? [] : [`${augmentation}: the baselines see the model's answer to the picture itself only, MetaErr that to its mirror image too.`];
}

async function factsOf(folder: string, { table, model, classes }: Parts): Promise<OwnFacts> {
  return {
    digest: await digestOf(folder, table, model),
    rows: table.rows,
    classes: model.classes.length,
    columns: table.columns.length,
    notes: [...model.loaded.assumptions, ...augmentationNotes(model), `label: ${classes.note}.`],
  };
}

/** A folder whose rows are read and whose model is loaded. */
export class OwnFolder {
  readonly facts: OwnFacts;
  readonly #parts: Parts;

  private constructor(facts: OwnFacts, parts: Parts) {
    this.facts = facts;
    this.#parts = parts;
  }

  /** Reads rows and settings and loads the model. Rejects with an OwnFault that names the file and the place in it. */
  static async open(folder: string): Promise<OwnFolder> {
    const table = await tableOf(folder);
    const model = await openOwnModel(folder).catch(throwOwnFault);
    try {
      const { loaded } = model;
      const parts = { table, model, input: rowInput(loaded.signature.inputs, loaded.rowMode, table), classes: mapClasses(table.file, table.labels, model.classes) };
      return new OwnFolder(await factsOf(folder, parts), parts);
    } catch (error) {
      await model.loaded.pool.close();
      throw error;
    }
  }

  /** Runs the model over all rows. Rejects with an OwnFault where it does not answer for each of them. */
  async answers(): Promise<OwnData> {
    const { table, model, input, classes } = this.#parts;
    const answered = await logTable(model, input, table).catch(throwOwnFault);
    const rows = withFailures(answered, table, classes);
    refuseUnscored(rows, table);
    return { rows, behaviour: model.loaded.features.layout.behaviour };
  }

  /** Releases the model. */
  close(): Promise<void> {
    return this.#parts.model.loaded.pool.close();
  }
}
