import t from 'tap';
import { choiceCode } from '../../src/ledger/choice.js';
import { visibleSelection } from '../../src/meta/selection/visible-selection.js';
import { effectiveRows, MOST_WEIGHT, selectionWeights, weightedMean } from '../../src/meta/selection/weights.js';
import { drawRows, resampledEaurc } from '../../src/meta/evaluation/resampled-eaurc.js';
import { pairedEvidence } from '../../src/meta/evaluation/paired-evidence.js';
import { near } from '../support/evaluation-data.js';

t.test('a row stands for one by its probability, at most for 50; what is not known stands for itself', async (t) => {
  const choices = Uint16Array.of(choiceCode(1), choiceCode(0.2), choiceCode(0.001), 0);
  const weights = selectionWeights(choices) ?? new Float64Array();
  const ratio = (row: number) => (weights[row] ?? 0) / (weights[0] ?? 1);
  near(t, ratio(1), 5, 1e-3);
  near(t, ratio(2), MOST_WEIGHT);
  near(t, ratio(3), 1);
  near(t, weights.reduce((sum, weight) => sum + weight, 0), effectiveRows(Float64Array.of(1, 5, 50, 1)), 1e-3);
  t.equal(selectionWeights(Uint16Array.of(300, 300)), null, 'all the same: none');
  t.equal(selectionWeights(new Uint16Array(3)), null);
  t.equal(selectionWeights(new Uint16Array(0)), null);
});

t.test('figures under weights, by hand', async (t) => {
  near(t, weightedMean(Float64Array.of(1, 2, 6), Float64Array.of(1, 1, 2)), 15 / 4);
  near(t, weightedMean(Float64Array.of(1, 2, 6), null), 3);
  t.equal(weightedMean(new Float64Array(0), null), 0);
  near(t, effectiveRows(Float64Array.of(1, 1, 1)), 3);
  near(t, effectiveRows(Float64Array.of(3, 1)), 1.6);
});

t.test('labels of the riskier rows are visibly selected, those of all or of random ones are not, nor those that their weights make up for', async (t) => {
  const all = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
  const mean = 0.4995;
  t.match(visibleSelection(all, null, mean), { visible: false });
  t.match(visibleSelection(all.filter((_, i) => i % 3 === 0), null, mean), { visible: false });
  t.match(visibleSelection(all.filter((p) => p > 0.5), null, mean), { visible: true, allMean: mean });
  t.match(visibleSelection(all.filter((p) => p < 0.5), null, mean), { visible: true }, 'or of the safer ones');
  const chosen = Float64Array.from(all.filter((p, i) => p > 0.5 || i % 20 === 0));
  t.match(visibleSelection(chosen, null, mean), { visible: true });
  t.match(visibleSelection(chosen, chosen.map((p) => (p > 0.5 ? 1 : 20)), mean), { visible: false });
  t.match(visibleSelection(Float64Array.of(0.9, 0.95), null, mean), { visible: true, labelledMean: 0.925 });
  t.match(visibleSelection(Float64Array.of(0.1, 0.99), null, 0.3), { visible: false }, 'two rows that differ tell nothing');
  t.equal(visibleSelection(new Float64Array(0), null, mean), null);
  t.equal(visibleSelection(all, null, NaN), null);
});

t.test('resamples follow the weights', async (t) => {
  const scores = Float64Array.of(0.1, 0.2, 0.8, 0.9);
  const failures = Uint8Array.of(0, 1, 0, 1);
  const weights = Float64Array.of(0.5, 0.5, 0.5, 2.5);
  const draws = drawRows(4, 500, 3, weights);
  t.equal(draws.drawn, Math.round(effectiveRows(weights)));
  const counts = [0, 1, 2, 3].map((row) => draws.counts.reduce((sum, count, at) => sum + (at % 4 === row ? count : 0), 0) / (500 * draws.drawn));
  near(t, counts[3] ?? 0, 2.5 / 4, 0.05);
  near(t, counts[0] ?? 0, 0.5 / 4, 0.05);
  t.ok(resampledEaurc(scores, failures, draws).every((value) => value >= 0 && value < 1));
  const worse = scores.map((p) => 1 - p);
  const evidence = pairedEvidence(scores, worse, failures, 1, weights);
  near(t, evidence.brier.ours, (0.5 * 0.01 + 0.5 * 0.64 + 0.5 * 0.64 + 2.5 * 0.01) / 4);
  t.ok(evidence.logLoss.shareLower > 0.7);
});
