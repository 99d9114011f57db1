import t from 'tap';
import { DecisionThresholds } from '../../src/inference/decision-thresholds.js';
import { loadModel, predictBench, indexRows } from '../support/predict-bench.js';
import { tableModel } from '../support/predict-models.js';

const KEY = { model: 'm', version: 1, digest: 'd' };
const model = (risk_policy: { readonly review_budget: number } | null) => ({ key: KEY, config: { risk_policy, review_threshold: 0.3 } });

t.test('a threshold is that of one model, policy and meta-model version', async (t) => {
  const thresholds = new DecisionThresholds();
  const asked: number[] = [];
  thresholds.onMissing(() => asked.push(1));
  t.equal(thresholds.of(model(null)).limitOf(5), 0.3);
  const limits = thresholds.of(model({ review_budget: 0.1 }));
  t.equal(limits.limitOf(1), -1);
  t.equal(limits.limitOf(1), -1);
  t.equal(asked.length, 1, 'a missing one is asked for once');
  thresholds.set(model({ review_budget: 0.1 }), 1, 0.25, [1]);
  t.equal(limits.limitOf(1), 0.25);
  t.equal(thresholds.of(model({ review_budget: 0.2 })).limitOf(1), -1, 'another policy');
  t.equal(thresholds.of({ ...model({ review_budget: 0.1 }), key: { ...KEY, digest: 'e' } }).limitOf(1), -1, 'another file');
  thresholds.set(model({ review_budget: 0.1 }), 2, null, [2]);
  t.equal(limits.limitOf(2), -1, 'known to be none');
  t.equal(asked.length, 3);
  t.equal(limits.limitOf(1), -1, 'forgotten with its version');
  t.equal(asked.length, 4);
});

t.test('decisions follow the threshold that is in force when the reply is made', async (t) => {
  const loaded = await loadModel(t, tableModel(), { config: { risk_policy: { review_budget: 0.1 } } });
  const thresholds = new DecisionThresholds();
  const { ask, logged } = predictBench(loaded, { thresholds });
  const before = await ask(indexRows(0, 1, 2));
  t.same(before.reviews, Uint8Array.of(1, 1, 1));
  const scores = [...before.failureProbabilities].sort((a, b) => a - b);
  thresholds.set(loaded, 0, scores[1] ?? NaN, [0]);
  const after = await ask(indexRows(0, 1, 2));
  t.same(after.reviews, Uint8Array.from(before.failureProbabilities, (score) => (score <= (scores[1] ?? NaN) ? 0 : 1)), 'up to and with it');
  t.same(logged[1]?.reviews, after.reviews, 'the ledger has the same');
});
