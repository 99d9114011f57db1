import t from 'tap';
import { addByName } from '../../src/core/add-by-name.js';

t.test('numbers of one name are added, what the first does not have is left out', async (t) => {
  const bucket = { from: 60, predictions: 5, failures: 2 };
  const sums: { readonly predictions: number; readonly failures: number } = { predictions: 1, failures: 0 };
  t.same(addByName(sums, bucket), { predictions: 6, failures: 2 });
  t.same(sums, { predictions: 1, failures: 0 }, 'it is not changed');
});
