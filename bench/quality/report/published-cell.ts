import { readdirSync } from 'node:fs';
import type { GridCell } from './cells.js';
import type { JudgedCell } from './compare.js';

/** A cell of the page, and which version measured it: the number of the newest decision in it. */
export interface PublishedCell extends JudgedCell<GridCell> {
  readonly decision: number;
}

/** The number of the newest file of a folder of decisions. */
export function newestDecision(folder: string): number {
  return Math.max(0, ...readdirSync(folder).map((name) => parseInt(name, 10)).filter(Number.isInteger));
}
