import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';

/** Cells of one record, and the line that it begins on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What the parser tells of a record: how many lines were read when it ended. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** A longer record is a quote that was forgotten; in characters. */
const LONGEST_RECORD = 16 * 2 ** 20;
const UNCLOSED = new Set(['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE']);

/** Reads a file, unpacked where its name ends in .gz; an error of any step reaches whoever reads the last. */
function recordsOf(file: string): AsyncIterable<Parsed> {
  const bytes = createReadStream(file);
  // Whoever reads the records counts their cells, and says which line has too few.
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: LONGEST_RECORD });
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), parser, () => undefined) : pipeline(bytes, parser, () => undefined);
}

const newlines = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);

/** The error in words that begin with a line; `line`: where the record begins. */
function faultOf(error: unknown, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  return new Error(UNCLOSED.has(error.code) ? `line ${line}: a quote is never closed` : `line ${line}: ${error.message}`, { cause: error });
}

/** The records of a CSV file (RFC 4180), empty lines left out. Rejects with the error of the file, or with the line where it is no CSV. */
export async function* readCsv(file: string): AsyncGenerator<CsvRecord> {
  let read = 0;
  try {
    for await (const { record, info } of recordsOf(file)) {
      const isOneLine = info.lines === read + 1;
      read = info.lines;
      yield { line: isOneLine ? read : read - newlines(record), cells: record };
    }
  } catch (error) {
    throw faultOf(error, read + 1);
  }
}
