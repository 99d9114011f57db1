import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitResult } from '../grid/results.js';
import { unitName } from '../grid/units.js';

const NAME = 'results.jsonl';

/** Digits that are kept of every figure; the noise between seeds is far larger. */
const DIGITS = 6;

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value;
}

/** One line a unit, so that a run that is cut off loses nothing but the units in progress. */
export class ResultsFile {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, NAME);
  }

  append(result: UnitResult): void {
    mkdirSync(join(this.path, '..'), { recursive: true });
    // A line that was cut off must not swallow the next one.
    appendFileSync(this.path, `\n${JSON.stringify(result, rounded)}`);
  }

  /** Every unit, its newest line where there are several. */
  read(): UnitResult[] {
    if (!existsSync(this.path)) return [];
    const units = new Map<string, UnitResult>();
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      const result = parsed(line);
      if (result !== null) units.set(unitName(result.unit), result);
    }
    return [...units.values()];
  }
}

function parsed(line: string): UnitResult | null {
  try {
    return line === '' ? null : (JSON.parse(line) as UnitResult);
  } catch {
    return null;
  }
}
