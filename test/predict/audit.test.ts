import t from 'tap';
import { modelTag, predictionIdFactory } from '../../src/core/ids.js';
import { planLabels } from '../../src/inference/audit.js';
import { choiceCode, choiceProbability } from '../../src/ledger/choice.js';

const nextId = predictionIdFactory();
const id = () => nextId(modelTag('m'), 1_700_000_000_000);

t.test('a share of all rows is audited, by id and row alone', async (t) => {
  const ids = Array.from({ length: 400 }, id);
  const audited = (share: number) => ids.map((each) => [...planLabels({ audit_share: share, labelling: 'any' }, each, new Uint8Array(50)).audits]);
  const sum = audited(0.05).flat().reduce((total, audit) => total + audit, 0);
  // 1,000 are expected of 20,000, with a deviation of 31.
  t.ok(sum > 850 && sum < 1150, `${sum}`);
  t.same(audited(0.05), audited(0.05));
  const [some, more] = [audited(0.02), audited(0.3)];
  t.ok(some.every((rows, i) => rows.every((audit, row) => audit <= (more[i]?.[row] ?? 0))), 'who is audited at a smaller share is so at a larger one');
  for (const row of [0, 1, 49]) {
    const count = audited(0.2).reduce((total, rows) => total + (rows[row] ?? 0), 0);
    t.ok(count > 40 && count < 130, `row ${row}: ${count} of 400`);
  }
  t.same(new Set(audited(0).flat()), new Set([0]));
  t.same(new Set(audited(1).flat()), new Set([1]));
});

t.test('choices are known where the configuration says what is labelled', async (t) => {
  const reviews = Uint8Array.of(0, 1, 0);
  const choices = (audit_share: number, labelling: 'any' | 'reviewed') => [...planLabels({ audit_share, labelling }, id(), reviews).choices].map(choiceProbability);
  t.same(choices(0.2, 'reviewed'), [choiceProbability(choiceCode(0.2)), 1, choiceProbability(choiceCode(0.2))]);
  t.same(choices(0, 'reviewed'), [null, 1, null], 'what is never chosen');
  t.same(choices(0.2, 'any'), [null, null, null]);
});

t.test('probabilities and their codes', async (t) => {
  t.same([1, 0.5, 1e-9, 1 / 65_535].map(choiceCode), [65_535, 32_768, 1, 1]);
  for (const p of [1, 0.03, 0.5]) t.ok(Math.abs((choiceProbability(choiceCode(p)) ?? NaN) - p) < 1 / 65_535);
  t.equal(choiceProbability(0), null);
});
