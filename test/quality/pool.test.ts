import t from 'tap';
import { runPool } from '../../bench/quality/run/pool.js';

t.test('a child that dies costs its unit only, the last one too', async (t) => {
  const reasons: string[] = [];
  await runPool<number, never>([1, 2], 1, {
    child: new URL('./dying-child.js', import.meta.url),
    order: (unit) => ({ unit }),
    nameOf: String,
    onResult: () => t.fail('nothing comes back'),
    onFailure: (_unit, reason) => void reasons.push(reason),
  });
  t.same(reasons, ['1: the process ended with 3', '2: the process ended with 3']);
});
