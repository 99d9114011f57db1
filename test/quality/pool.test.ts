import t from 'tap';
import { runPool } from '../../bench/quality/run/pool.js';
import { Progress } from '../../bench/quality/run/progress.js';
import { runUnits } from '../../bench/quality/run/run-units.js';
import { unitsBySeed } from '../../bench/quality/run/units-by-seed.js';

const DYING_CHILD = new URL('./dying-child.js', import.meta.url);

t.test('a child that dies costs its unit only, the last one too', async (t) => {
  const reasons: string[] = [];
  await runPool<number, never>([1, 2], 1, {
    child: DYING_CHILD,
    order: (unit) => ({ unit }),
    onResult: () => t.fail('nothing comes back'),
    onFailure: (unit, reason) => void reasons.push(`${unit}: ${reason}`),
  });
  t.same(reasons, ['1: the process ended with 3', '2: the process ended with 3']);
});

t.test('units that failed are counted', async (t) => {
  const kind = { nameOf: String, weightOf: () => 1 };
  t.equal(await runUnits<number, never>({ units: [1, 2], jobs: 2, child: DYING_CHILD, order: (unit) => ({ unit }), keep: () => t.fail('nothing comes back'), ...kind }), 2);
});

t.test('the time that is left goes by the weight of what is left', async (t) => {
  const progress = new Progress([1, 2, 7], { nameOf: (unit) => `unit ${unit}`, weightOf: (unit) => unit }, 5_000);
  t.equal(progress.after(1, 65_000), '1/3 unit 1, 00:01:00 passed, about 00:09:00 left');
  t.equal(progress.after(7, 405_000), '2/3 unit 7, 00:06:40 passed, about 00:01:40 left');
  t.equal(progress.after(2, 3_666_000), '3/3 unit 2, 01:01:01 passed, about 00:00:00 left');
});

t.test('every setting of a seed comes before the next seed', async (t) => {
  t.same(unitsBySeed(['a', 'b'], 2, (setting, seed) => `${setting}${seed}`), ['a1', 'b1', 'a2', 'b2']);
});
