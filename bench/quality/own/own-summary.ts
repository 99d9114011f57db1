import { summarizeSizes } from '../report/cells.js';
import type { Subject } from '../report/cells.js';
import { judgeCell } from '../report/compare.js';
import type { JudgedCell } from '../report/compare.js';
import type { OwnData } from './own-data.js';
import type { OwnResult } from './units.js';

/** What was measured in a folder. */
export interface OwnReport extends Subject, Pick<OwnData, 'digest' | 'columns' | 'notes'> {
  readonly rows: number;
  readonly classes: number;
  /** By number of labels, ascending. */
  readonly cells: readonly JudgedCell[];
}

/** The results that belong to these data; null where there are none. */
export function summarizeOwn(subject: Subject, { digest, columns, notes, rows }: OwnData, results: readonly OwnResult[]): OwnReport | null {
  const cells = summarizeSizes(subject, results.filter(({ unit }) => unit.digest === digest)).map(judgeCell).filter((judged) => judged !== null);
  return cells.length === 0 ? null : { ...subject, digest, columns, notes, rows: rows.rows, classes: rows.classes, cells };
}
