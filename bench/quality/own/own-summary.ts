import { summarizeSizes } from '../report/cells.js';
import type { Subject } from '../report/cells.js';
import { judgeCell } from '../report/compare.js';
import type { JudgedCell } from '../report/compare.js';
import type { OwnFacts } from './own-folder.js';
import type { OwnResult } from './units.js';

/** What was measured in a folder. */
export interface OwnReport extends Subject, OwnFacts {
  /** By number of labels, ascending. */
  readonly cells: readonly JudgedCell[];
}

/** The results that belong to these rows, model and settings; null where there are none. */
export function summarizeOwn(subject: Subject, facts: OwnFacts, results: readonly OwnResult[]): OwnReport | null {
  const cells = summarizeSizes(subject, results.filter(({ unit }) => unit.digest === facts.digest)).map(judgeCell).filter((judged) => judged !== null);
  return cells.length === 0 ? null : { ...subject, ...facts, cells };
}
