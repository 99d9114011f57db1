import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from './csv.js';
import type { CsvRecord } from './csv.js';
import { FloatRows } from './float-rows.js';
import { OwnFault, shortList } from './own-fault.js';

const FILES = ['rows.csv', 'rows.csv.gz'] as const;
const LABEL = 'label';

/** What the rows file of a folder holds. */
export interface OwnTable {
  /** The name of the file. */
  readonly file: string;
  readonly path: string;
  /** Names of the input columns, in the order of the header. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** rows x columns, row-major; NaN where a cell is empty. */
  readonly values: Float32Array;
  /** Of a table with one column of inputs the cells as they are written; null where there are more. */
  readonly texts: readonly string[] | null;
  /** The first cell of such a table that is no number; its value is NaN. */
  readonly notNumber: OwnFault | null;
  /** The true class of each row as it is written. */
  readonly labels: readonly string[];
}

function rowsFile(folder: string): string {
  const there = FILES.filter((name) => existsSync(join(folder, name)));
  const [file] = there;
  if (file === undefined) throw new OwnFault(FILES[0], null, `there is no such file in ${folder}, nor ${FILES[1]}`);
  if (there.length > 1) throw new OwnFault(FILES[0], null, `${FILES[1]} lies beside it; leave one of them`);
  return file;
}

/** The place of the label among the columns. */
function labelColumn(file: string, header: readonly string[]): number {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new OwnFault(file, `column ${twice}`, 'stands in the header twice');
  const column = header.indexOf(LABEL);
  if (column < 0) throw new OwnFault(file, `column ${LABEL}`, `is missing; the header has ${shortList(header)}`);
  if (header.length < 2) throw new OwnFault(file, null, `expected columns of inputs beside ${LABEL}, with commas between`);
  return column;
}

const EMPTY = /^(nan)?$/i;

function numberOf(text: string): number | null {
  const trimmed = text.trim();
  if (EMPTY.test(trimmed)) return NaN;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

/** Takes the records after the header. */
class TableReader {
  readonly labels: string[] = [];
  readonly values: FloatRows;
  /** Cells of the only column of inputs. */
  readonly texts: string[] | null;
  notNumber: OwnFault | null = null;
  readonly #file: string;
  readonly #header: readonly string[];
  readonly #label: number;

  constructor(file: string, header: readonly string[]) {
    this.#file = file;
    this.#header = header;
    this.#label = labelColumn(file, header);
    this.values = new FloatRows(header.length - 1);
    this.texts = header.length === 2 ? [] : null;
  }

  get columns(): string[] {
    return this.#header.filter((_, index) => index !== this.#label);
  }

  take({ line, cells }: CsvRecord): void {
    if (cells.length !== this.#header.length) throw new OwnFault(this.#file, `line ${line}`, `expected ${this.#header.length} cells as in the header, got ${cells.length}`);
    const label = (cells[this.#label] ?? '').trim();
    if (EMPTY.test(label)) throw new OwnFault(this.#file, `line ${line}, column ${LABEL}`, `expected the true class, got '${label}'`);
    this.labels.push(label);
    const row = this.values.next();
    let at = 0;
    cells.forEach((cell, index) => {
      if (index === this.#label) return;
      row[at++] = this.#valueOf(cell, line, index);
      this.texts?.push(cell);
    });
  }

  /** The only column may be texts, which only the model knows. */
  #valueOf(cell: string, line: number, index: number): number {
    const value = numberOf(cell);
    if (value !== null) return value;
    const fault = new OwnFault(this.#file, `line ${line}, column ${this.#header[index] ?? index}`, `expected a number or nothing, got '${cell}'`);
    if (this.texts === null) throw fault;
    this.notNumber ??= fault;
    return NaN;
  }
}

/** Reads `rows.csv` or `rows.csv.gz` of a folder. Rejects with an OwnFault that names the line and the column. */
export async function readOwnTable(folder: string): Promise<OwnTable> {
  const file = rowsFile(folder);
  const path = join(folder, file);
  let reader: TableReader | null = null;
  try {
    for await (const record of readCsv(path)) {
      if (reader === null) reader = new TableReader(file, record.cells.map((name) => name.trim()));
      else reader.take(record);
    }
  } catch (error) {
    throw error instanceof OwnFault ? error : new OwnFault(file, null, error instanceof Error ? error.message : String(error));
  }
  if (reader === null) throw new OwnFault(file, null, 'is empty; expected a header and rows');
  return { file, path, columns: reader.columns, rows: reader.labels.length, values: reader.values.all(), labels: reader.labels, texts: reader.texts, notNumber: reader.notNumber };
}
