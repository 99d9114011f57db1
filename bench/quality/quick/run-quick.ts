import { readFileSync, writeFileSync } from 'node:fs';
import { fallenBehind } from './judge-levels.js';
import type { Recorded } from './judge-levels.js';
import { quickLevels } from './levels.js';
import type { Level } from './levels.js';

/** In the sources; what runs is below dist/. */
export const RECORDED = new URL('../../../../bench/quality/recorded.json', import.meta.url);

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(RECORDED, 'utf8')) as Recorded;
}

function record(levels: readonly Level[]): void {
  const entries = levels.map(({ cell, metaerr }) => [cell, Number(metaerr.toPrecision(4))] as const);
  writeFileSync(RECORDED, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

/** Runs the quick cells, prints them and gives whether the recorded levels hold; `record` writes them instead. */
export async function runQuick(mode: 'quick' | 'record'): Promise<boolean> {
  const recorded: Recorded = mode === 'quick' ? readRecorded() : {};
  const thousandths = (value: number | undefined): string => (value === undefined ? '-' : (1000 * value).toFixed(2));
  const levels = await quickLevels(({ cell, metaerr, labelFree }) => {
    const columns = [`metaerr ${thousandths(metaerr)}`, `recorded ${thousandths(recorded[cell])}`, `best label-free baseline ${thousandths(labelFree)}`];
    process.stdout.write(`${cell}: E-AURC x1000: ${columns.join(', ')}, ratio ${(metaerr / labelFree).toFixed(3)}\n`);
  });
  if (mode === 'record') {
    record(levels);
    return true;
  }
  const faults = fallenBehind(levels, recorded);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return faults.length === 0;
}
