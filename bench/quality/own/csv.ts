import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Cells of one record, and the line that it begins on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The text of a file in pieces, unpacked where its name ends in .gz. Rejects with the error of the file or of gzip. */
function textOf(file: string): AsyncIterable<string> {
  const bytes = createReadStream(file);
  if (!file.endsWith('.gz')) return bytes.setEncoding('utf8') as AsyncIterable<string>;
  // The error of either stream reaches whoever reads the second.
  return pipeline(bytes, createGunzip(), () => undefined).setEncoding('utf8') as AsyncIterable<string>;
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

const hasOpenQuote = (text: string): boolean => text.split('"').length % 2 === 0;

/** Lines of one record; more are a quote that was forgotten. */
const MOST_LINES = 1000;

const CELL = /"((?:[^"]|"")*)"(?=,|$)|([^,]*)/y;

function cellsOf(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  for (let at = 0; at <= record.length; at = CELL.lastIndex + 1) {
    CELL.lastIndex = at;
    const [, quoted, plain] = CELL.exec(record) ?? [];
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
  }
  return cells;
}

/** The records of a CSV file (RFC 4180), empty lines left out. Rejects with the error of the file, or where a quote is never closed. */
export async function* readCsv(file: string): AsyncGenerator<CsvRecord> {
  let line = 0;
  let open: { readonly line: number; readonly text: string } | null = null;
  for await (const raw of linesOf(textOf(file))) {
    line++;
    const text: string = open === null ? (line === 1 ? raw.replace(/^\uFEFF/, '') : raw) : `${open.text}\n${raw}`;
    const first: number = open?.line ?? line;
    open = text.includes('"') && hasOpenQuote(text) ? { line: first, text } : null;
    if (line - first > MOST_LINES) break;
    if (open !== null) continue;
    const record = withoutReturn(text);
    if (record !== '') yield { line: first, cells: cellsOf(record) };
  }
  if (open !== null) throw new Error(`line ${open.line}: a quote is never closed`);
}
