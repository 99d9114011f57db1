import fc from 'fast-check';
import t from 'tap';
import { isFailure, kindFits, labelText, outranks, rowMeant, sameTruth, statusOf, type Truth } from '../../src/ledger/outcome.js';

const truth = (kind: Truth['kind'], value: string, observedAt = 1): Truth => ({ kind, value, observedAt });
const predicted = { label: '9', value: 2, tolerance: 0.5 };

t.test('labels are compared as decimal text', async (t) => {
  t.same([9, 9.0, -0, '9', 2.5, 1e21, true, false, 'true'].map(labelText), ['9', '9', '0', '9', '2.5', '1000000000000000000000', 'true', 'false', 'true']);
  t.equal(labelText('a\0\udc00b🐸'), 'a\ufffd\ufffdb🐸');
  t.notOk(isFailure(predicted, truth('label', labelText(9))));
  t.ok(isFailure(predicted, truth('label', '9.0')), 'a text is not read as a number');
  t.ok(isFailure({ ...predicted, label: null }, truth('label', 'null')));
});

t.test('a value fails beyond the tolerance, and whenever it cannot be compared', async (t) => {
  for (const [value, failure] of [['2.5', false], ['1.5', false], ['2.6', true], ['NaN', true], ['Infinity', true]] as const) {
    t.equal(isFailure(predicted, truth('value', value)), failure, value);
  }
  t.ok(isFailure({ ...predicted, value: NaN }, truth('value', '2')));
  t.ok(isFailure({ ...predicted, tolerance: NaN }, truth('value', '2')));
});

t.test('correct says it itself', async (t) => {
  t.notOk(isFailure(predicted, truth('correct', 'true')));
  t.ok(isFailure(predicted, truth('correct', 'false')));
});

t.test('kinds that fit the tasks', async (t) => {
  const fits = (['classification', 'binary', 'regression', 'custom'] as const).map((task) => (['label', 'value', 'correct'] as const).filter((kind) => kindFits(task, kind)));
  t.same(fits, [['label', 'correct'], ['label', 'correct'], ['value', 'correct'], ['correct']]);
});

t.test('the row that is meant', async (t) => {
  t.same(rowMeant(null, 1), { row: 0 });
  t.same(rowMeant(null, 2), { reason: 'row_required' });
  t.same(rowMeant(1, 2), { row: 1 });
  t.same(rowMeant(2, 2), { reason: 'row_out_of_range' });
});

t.test('statuses', async (t) => {
  t.equal(statusOf(null, truth('label', '9')), 'matched');
  t.equal(statusOf(truth('label', '9', 5), truth('label', '9', 1)), 'duplicate');
  t.equal(statusOf(truth('label', '9'), truth('label', '8')), 'conflict');
  t.equal(statusOf(truth('label', 'true'), truth('correct', 'true')), 'conflict');
});

t.test('outranks is a strict total order over what differs, by time first, then by UTF-8 bytes', async (t) => {
  const any = fc.record({ kind: fc.constantFrom('label', 'value', 'correct'), value: fc.string({ unit: 'binary', maxLength: 2 }), observedAt: fc.nat(2) });
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      const same = sameTruth(a, b) && a.observedAt === b.observedAt;
      if (Number(outranks(a, b)) + Number(outranks(b, a)) !== (same ? 0 : 1)) return false;
      return !(outranks(a, b) && outranks(b, c)) || outranks(a, c);
    }),
  );
  t.ok(outranks(truth('label', '\u{1f438}'), truth('label', '\uffee')), 'not by UTF-16 units');
  t.ok(outranks(truth('label', '1', 2), truth('value', '9', 1)));
});
