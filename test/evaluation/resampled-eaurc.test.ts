import t from 'tap';
import { drawRows, resampledEaurc } from '../../src/meta/evaluation/resampled-eaurc.js';
import { eaurc } from '../../src/meta/evaluation/ranking.js';
import { tieGroups } from '../../src/meta/evaluation/tie-groups.js';
import { createRandom } from '../../src/meta/training/random.js';

const random = createRandom(7);
const ROWS = 60;
// Few distinct scores, so that there are ties.
const scores = Float64Array.from({ length: ROWS }, () => random.int(9) / 8);
const failures = Uint8Array.from({ length: ROWS }, () => (random.uniform() < 0.3 ? 1 : 0));

t.test('draws hold as many rows as there are, and are the same for a seed', async (t) => {
  const draws = drawRows(ROWS, 3, 5);
  for (let resample = 0; resample < 3; resample++) {
    t.equal(draws.counts.subarray(resample * ROWS, (resample + 1) * ROWS).reduce((sum, count) => sum + count, 0), ROWS);
  }
  t.same(draws, drawRows(ROWS, 3, 5));
  t.notSame(draws.counts, drawRows(ROWS, 3, 6).counts);
});

t.test('each row once gives the E-AURC of the rows', async (t) => {
  const once = { resamples: 1, rows: ROWS, drawn: ROWS, counts: new Uint16Array(ROWS).fill(1) };
  const expected = eaurc(tieGroups(scores, failures)) ?? NaN;
  t.ok(Math.abs((resampledEaurc(scores, failures, once)[0] ?? NaN) - expected) < 1e-12);
});

t.test('counts give the E-AURC of the rows written out', async (t) => {
  const draws = drawRows(ROWS, 20, 11);
  const results = resampledEaurc(scores, failures, draws);
  results.forEach((result, resample) => {
    const rows = Array.from(draws.counts.subarray(resample * ROWS, (resample + 1) * ROWS)).flatMap((count, row) => Array.from({ length: count }, () => row));
    const written = tieGroups(Float64Array.from(rows, (row) => scores[row] ?? 0), Uint8Array.from(rows, (row) => failures[row] ?? 0));
    t.ok(Math.abs(result - (eaurc(written) ?? NaN)) < 1e-12);
  });
});
