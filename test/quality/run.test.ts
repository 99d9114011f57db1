import { appendFileSync } from 'node:fs';
import t from 'tap';
import { METAERR, unpackResamples } from '../../bench/quality/grid/results.js';
import type { UnitResult } from '../../bench/quality/grid/results.js';
import { settingName, unitName } from '../../bench/quality/grid/units.js';
import type { Unit } from '../../bench/quality/grid/units.js';
import { runGrid } from '../../bench/quality/run/grid-run.js';
import { readOptions } from '../../bench/quality/run/options.js';
import { ResultsFile } from '../../bench/quality/run/results-file.js';

t.test('options name what does not fit', async (t) => {
  t.same(readOptions(['--sizes', '300,0,300', '--jobs', '3']).sizes, [0, 300]);
  t.equal(readOptions(['--report', 'x']).mode, 'report');
  t.throws(() => readOptions(['--seeds', '0']), /--seeds/);
  t.throws(() => readOptions(['--sizes', 'a']), /--sizes/);
  t.throws(() => readOptions(['--record']), /--record/);
  t.equal(readOptions(['--report', 'x', '--keep']).keepsEarlier, true);
  t.throws(() => readOptions(['--keep']), /--keep/);
  t.throws(() => readOptions(['--report', 'x', '--keep', '--outcomes']), /--keep/);
});

t.test('a run appends its units, and goes on where it was cut off', async (t) => {
  const out = t.testdir();
  const options = readOptions(['--seeds', '1', '--only', '^digits/net-400$', '--sizes', '0,100', '--jobs', '1', '--out', out]);
  t.equal(await runGrid(options), 0);
  const file = new ResultsFile<Unit, UnitResult>(out, unitName);
  appendFileSync(file.path, '\n{"unit":{"data":"digits"');
  const [first, ...others] = file.read();
  t.equal(others.length, 0);
  t.equal(first === undefined ? '' : settingName(first.unit), 'digits/net-400');
  t.same(first?.cells.map(({ labels }) => labels), [0, 100]);
  const own = first?.cells[1]?.methods.find(({ name }) => name === METAERR);
  t.equal(unpackResamples(own?.resamples ?? '').length, 200);
  t.ok((own?.figures.auroc ?? 0) > 0.8);
  t.equal(await runGrid(options), 0);
  t.equal(file.read().length, 1);
  t.same(file.read()[0], first, 'nothing has run again');
  t.equal(await runGrid({ ...options, seeds: 2 }), 0);
  t.same(file.read().map(({ unit }) => unit.seed), [1, 2]);
  t.equal(await runGrid({ ...options, sizes: [30, 100] }), 0);
  const [more] = file.read();
  t.same(more?.cells.map(({ labels }) => labels), [0, 30, 100], 'other numbers of labels are added');
  t.same(more?.cells.filter(({ labels }) => labels !== 30), first?.cells, 'and only what was lacking has run');
  t.same([more?.wanted, more?.testRows], [[0, 30, 100], first?.testRows]);
});
