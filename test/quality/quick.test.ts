import t from 'tap';
import { fallenBehind } from '../../bench/quality/quick/judge-levels.js';
import { quickLevels } from '../../bench/quality/quick/levels.js';
import { readRecorded } from '../../bench/quality/quick/run-quick.js';

const level = (cell: string, metaerr: number) => ({ cell, metaerr, labelFree: 1 });

t.test('a cell that is far behind, all cells a little behind, and cells without a partner are faults', async (t) => {
  const recorded = { a: 0.01, b: 0.02 };
  t.same(fallenBehind([level('a', 0.012), level('b', 0.019)], recorded), []);
  t.match(fallenBehind([level('a', 0.013), level('b', 0.01)], recorded), [/^a: E-AURC 0.0130 is 1.30 times/]);
  t.match(fallenBehind([level('a', 0.012), level('b', 0.023)], recorded), [/geometric mean/]);
  t.match(fallenBehind([level('a', NaN), level('b', 0.02)], recorded), [/^a: /, /geometric mean/]);
  t.match(fallenBehind([level('a', 0.01)], recorded), [/^b: recorded, but not run/]);
  t.match(fallenBehind([level('a', 0.01), level('b', 0.02), level('c', 1)], recorded), [/^c: no level/]);
});

t.test('the failure probability is as good as recorded', async (t) => {
  const levels = await quickLevels(({ cell, metaerr }) => t.comment(`${cell}: E-AURC ${metaerr.toPrecision(4)}`));
  t.same(fallenBehind(levels, readRecorded()), []);
});
