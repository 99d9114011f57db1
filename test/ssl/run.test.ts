import { appendFileSync } from 'node:fs';
import t from 'tap';
import { ResultsFile } from '../../bench/quality/run/results-file.js';
import { bestFilter, figures, mean, methodNames, pointsOf, setsOf } from '../../bench/ssl/report/cells.js';
import { noisePicture } from '../../bench/ssl/report/picture.js';
import { meanAt, resampled } from '../../bench/ssl/report/resample.js';
import { serviceSection } from '../../bench/ssl/report/service-section.js';
import { setSection } from '../../bench/ssl/report/set-section.js';
import { summarySection } from '../../bench/ssl/report/summary-section.js';
import { readSslOptions } from '../../bench/ssl/run/options.js';
import { sslUnitName, type SslResult, type SslUnit } from '../../bench/ssl/run/results.js';
import { runSets } from '../../bench/ssl/run/run-sets.js';

t.test('options name what does not fit', (t) => {
  t.match(readSslOptions(['--sets', 'digits,fashion', '--jobs', '3']), { mode: 'run', sets: ['digits', 'fashion'], jobs: 3, seeds: 10 });
  t.match(readSslOptions(['--report', 'x']), { mode: 'report', out: 'x' });
  t.throws(() => readSslOptions(['--sets', 'cats']), /--sets.*cats/);
  t.throws(() => readSslOptions(['--seeds', '0']), /--seeds/);
  t.end();
});

t.test('bootstrap over seeds', (t) => {
  const { value, low, high } = resampled(4, (drawn) => meanAt([1, 2, 3, 6], drawn));
  t.equal(value, 3);
  t.ok(low >= 1 && low < 3 && high > 3 && high <= 6);
  t.same(resampled(3, (drawn) => meanAt([5, 5, 5], drawn)), { value: 5, low: 5, high: 5 });
  t.end();
});

t.test('one seed of the digits: MetaErr keeps fewer wrong labels than fixed confidence; a run goes on where it was cut off', async (t) => {
  const out = t.testdir();
  const options = readSslOptions(['--seeds', '1', '--sets', 'digits', '--jobs', '1', '--out', out]);
  t.equal(await runSets(options), 0);
  const file = new ResultsFile<SslUnit, SslResult>(out, sslUnitName);
  appendFileSync(file.path, '\n{"unit":{"set":"digits"');
  const results = file.read();
  t.equal(results.length, 1);
  const [set] = setsOf(results);
  if (set === undefined) return t.fail('no set');
  const wrongAt = (name: string, coverage: number): number => mean(figures(pointsOf(set, name, 'equal', coverage), ({ wrong }) => wrong));
  for (const coverage of [0.6, 0.8]) t.ok(wrongAt('MetaErr', coverage) < wrongAt('fixed confidence', coverage), `${coverage}`);
  t.same(methodNames(set, 'published').toSorted(), ['class-adaptive confidence', 'curriculum', 'fixed confidence', 'learned reward', 'uncertainty-aware']);
  t.ok(methodNames(set, 'published').every((name) => wrongAt(name, 0.8) >= wrongAt(bestFilter(set, 0.8), 0.8)));
  const accuracy = (name: string): number => mean(figures(pointsOf(set, name, 'published'), (point) => point.accuracy));
  t.ok(accuracy('fully supervised') > accuracy('oracle filter') && accuracy('oracle filter') > accuracy('all pseudo-labels'));
  t.equal(await runSets(options), 0);
  t.same(file.read(), results, 'nothing has run again');

  for (const name of ['MetaErr', 'MetaErr as served']) {
    t.match(summarySection([set]), new RegExp(`${name} has [\\d.]+ times those .*; no more wrong labels than that filter in \\d of 4 cells`));
  }
  t.match(serviceSection([set]), /meta-model as served(?: \| [\d.]+ \([\d.]+\)){4}/);
  t.match(setSection(set), /\*\*MetaErr\*\*.*\|/);
  t.match(noisePicture([set]), /^<svg[\s\S]*digits[\s\S]*<\/svg>\n$/);
});
