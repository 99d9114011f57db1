import { appendFileSync } from 'node:fs';
import t from 'tap';
import { ResultsFile } from '../../bench/quality/run/results-file.js';
import { expectedByObserved, settingsOf } from '../../bench/shift/report/cells.js';
import { shiftReport } from '../../bench/shift/report/write-report.js';
import { readShiftOptions } from '../../bench/shift/run/options.js';
import type { Day, ShiftResult } from '../../bench/shift/run/results.js';
import { runShifts } from '../../bench/shift/run/run-shifts.js';
import { SHIFT_SETTINGS, shiftSettingName, shiftUnitName, type ShiftUnit } from '../../bench/shift/run/units.js';

t.test('options name what does not fit', async (t) => {
  t.match(readShiftOptions(['--jobs', '3']), { mode: 'run', seeds: 3, jobs: 3, out: 'data/bench-shift' });
  t.match(readShiftOptions(['--report', 'x']), { mode: 'report', out: 'x' });
  t.throws(() => readShiftOptions(['--seeds', '0']), /--seeds/);
});

t.test('weak nets and forests of three data sets, under each shift', async (t) => {
  t.equal(SHIFT_SETTINGS.length, 18);
  t.same(SHIFT_SETTINGS.slice(0, 4).map(shiftSettingName), ['letter/net-2000/none', 'letter/net-2000/noise', 'letter/net-2000/mix', 'letter/forest-2000/none']);
});

const all = (value: number): Day['expected'] => ({ metaerr: value, withoutOffset: 2 * value, platt: value, confidence: value });
const dayWith = (expected: number, observed: number): Day => ({ rows: 1000, observed, expected: all(expected), variance: 100, chance: 0.8 });

t.test('expected by observed, with the interval of chance', async (t) => {
  const { value, low, high } = expectedByObserved([dayWith(110, 100), dayWith(90, 100)], 'metaerr');
  // Deviation of the failures: the root of 200; 1.96 of them are 27.72.
  t.same([value, low, high].map((each) => each.toFixed(4)), ['1.0000', '0.8783', '1.1609']);
  t.equal(expectedByObserved([dayWith(10, 3)], 'metaerr').high, Infinity);
});

function resultOf(seed: number, days: readonly Day[]): ShiftResult {
  const period = { labelled: 1500, unlabelled: 1500, offset: seed === 1 ? 0.25 : 0, brier: all(0.05), ece: all(0.01), eceByChance: 0.012 };
  const unit: ShiftUnit = { data: 'letter', family: 'net', baseRows: 2000, shift: 'noise', seed };
  return { unit, commit: 'abc1234', wrongBefore: 0.2, wrongAfter: 0.3, shiftDay: { ...period, days: [dayWith(80, 100)] }, retrained: { ...period, days } };
}

t.test('the page: every day, what is further than 10 % away in bold, the share by chance', async (t) => {
  const page = shiftReport([resultOf(2, [dayWith(100, 100), dayWith(120, 100)]), resultOf(1, [dayWith(104, 100), dayWith(112, 100)])]);
  t.match(page, /Seeds 1, 2; commit abc1234/);
  t.match(page, '| letter/net-2000/noise | 20.0 > 30.0 | of the shift | **0.80** (0.70 to 0.93) | **1.60** | **0.80** | **0.80** | 0 of 2 | 80 |');
  t.match(page, '| letter/net-2000/noise | 20.0 > 30.0 | 1 | 1.02 (0.90 to 1.18) | **2.04** | 1.02 | 1.02 | 2 of 2 | 80 |');
  t.match(page, '| letter/net-2000/noise | 20.0 > 30.0 | 2 | **1.16** (1.02 to 1.35) | **2.32** | **1.16** | **1.16** | 0 of 2 | 80 |');
  t.match(page, '| noise | after the retraining | 4 | **50** | 80 | 0 | 50 | 50 |');
  t.match(page, '| noise | after the retraining | 1 of 2 | 0 of 2 | 1 of 2 | 1 of 2 |');
  t.match(page, '| letter/net-2000/noise | 0.25, - | 0.0500 | 0.1000 |');
  t.match(page, 'so many fits: noise 1 of 2.');
  t.throws(() => shiftReport([]), /run the benchmark/);
});

t.test('one seed of a shifted stream; a run goes on where it was cut off', async (t) => {
  const options = readShiftOptions(['--seeds', '1', '--only', '^satellite/net-400/noise$', '--jobs', '1', '--out', t.testdir()]);
  t.equal(await runShifts(options), 0);
  const file = new ResultsFile<ShiftUnit, ShiftResult>(options.out, shiftUnitName);
  appendFileSync(file.path, '\n{"unit":{"data":"satellite"');
  const [result, ...others] = file.read();
  if (result === undefined) return t.fail('no result');
  t.equal(others.length, 0);
  const { shiftDay, retrained } = result;
  t.same([shiftDay, retrained].map(({ labelled, unlabelled, days }) => [labelled, unlabelled, days.map(({ rows }) => rows)]), [[1000, 1000, [1000]], [1500, 1500, [1000, 1000, 1000]]]);
  t.equal(retrained.offset === 0, retrained.days.every(({ expected }) => expected.metaerr === expected.withoutOffset), 'the control differs by the offset alone');
  t.ok(retrained.brier.metaerr < retrained.brier.confidence);
  t.ok([...shiftDay.days, ...retrained.days].every(({ observed, chance }) => observed > 0 && chance > 0.5 && chance < 1));
  t.equal(await runShifts(options), 0);
  t.same(file.read(), [result], 'nothing has run again');
  t.equal(settingsOf([result]).length, 1);
});
