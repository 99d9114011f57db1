import t from 'tap';
import { callerKey } from '../../src/core/ids.js';
import type { CallerIds } from '../../src/inference/contracts.js';
import { indexColumn, loadModel, predictBench, request } from '../support/predict-bench.js';
import { tableModel } from '../support/predict-models.js';

t.test("callers' own ids are given to the ledger and back to the caller", async (t) => {
  const model = await loadModel(t, tableModel());
  const { ask, logged } = predictBench(model);
  const given = async (callerIds: CallerIds | null) => {
    const reply = await ask(request(indexColumn(0, 1, 2), 3, { callerIds }));
    t.same(reply.callerIds, callerIds, 'as they came');
    const callers = logged.at(-1)?.callers ?? [];
    t.ok(callers.every(({ predictionId }) => predictionId === reply.predictionId));
    return callers.map(({ key, row }) => [key, row]);
  };
  const key = (id: string) => callerKey('ABCDEF', id);
  const long = 'x'.repeat(512);
  t.same(await given(null), []);
  t.same(await given({ request: 'order-1' }), [[key('order-1'), null]]);
  t.same(await given({ rows: ['a', 'b', 'a'] }), [[key('a'), 0], [key('b'), 1], [key('a'), 2]], 'also twice: the ledger judges that');
  t.same(await given({ rows: ['', long, `${long}x`] }), [[key(long), 1]], 'what cannot be named is left out, and nothing is refused');
  t.same(await given({ request: '' }), []);
  t.same(await given({ request: `${long}x` }), []);
});
