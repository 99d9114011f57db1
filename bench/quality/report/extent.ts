import { SETTINGS } from '../grid/units.js';
import { count } from './markdown.js';
import type { PublishedCell } from './published-cell.js';

const descending = (values: readonly number[]): number[] => [...new Set(values)].toSorted((a, b) => b - a);

/** How much of the grid a page rests on, and on which versions. */
export function extentLine(cells: readonly PublishedCell[]): string {
  const settings = new Set(cells.map(({ cell }) => cell.name)).size;
  const counts = cells.map(({ cell }) => cell.seeds.length);
  const seeds = descending(counts).map((each) => `${each} in ${counts.filter((other) => other === each).length}`);
  return `**This page.** ${settings} of the grid's ${SETTINGS.length} settings, ${cells.length} cells; seeds a cell: ${seeds.join(', ')}. ${versions(cells)} Intervals are over the test rows of those seeds; how much another split, base model or net would change is seen from the worst seed only.`;
}

/** Which cells are of which version, the newest first. */
function versions(cells: readonly PublishedCell[]): string {
  const numbers = descending(cells.map(({ decision }) => decision));
  if (numbers.length === 1) return `All are of one version, with decisions up to ${numbers[0]}.`;
  const parts = numbers.map((decision) => {
    const own = cells.filter((cell) => cell.decision === decision);
    const labels = descending(own.map(({ cell }) => cell.labels)).reverse();
    return `${own.length === 1 ? '1 cell' : `${own.length} cells`} (n of ${labels.map((n) => count(n)).join('; ')}) with decisions up to ${decision}`;
  });
  return `They are of different versions: ${parts.join(', ')}.`;
}
