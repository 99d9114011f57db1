import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { roundedTo } from './rounded-to.js';

const NAME = 'results.jsonl';

/** Digits that are kept of every figure; the noise between seeds is far larger. */
const DIGITS = 6;

/** One line a unit, so that a run that is cut off loses nothing but the units in progress. */
export class ResultsFile<Unit, Result extends { readonly unit: Unit }> {
  readonly path: string;
  readonly #nameOf: (unit: Unit) => string;

  constructor(folder: string, nameOf: (unit: Unit) => string) {
    this.path = join(folder, NAME);
    this.#nameOf = nameOf;
  }

  append(result: Result): void {
    mkdirSync(join(this.path, '..'), { recursive: true });
    // A line that was cut off must not swallow the next one.
    appendFileSync(this.path, `\n${JSON.stringify(result, roundedTo(DIGITS))}`);
  }

  /** Every unit, its newest line where there are several. */
  read(): Result[] {
    if (!existsSync(this.path)) return [];
    const units = new Map<string, Result>();
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      const result = parsed<Result>(line);
      if (result !== null) units.set(this.#nameOf(result.unit), result);
    }
    return [...units.values()];
  }
}

function parsed<Result>(line: string): Result | null {
  try {
    return line === '' ? null : (JSON.parse(line) as Result);
  } catch {
    return null;
  }
}
