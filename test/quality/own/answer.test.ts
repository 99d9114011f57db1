import t from 'tap';
import { packResamples } from '../../../bench/quality/grid/results.js';
import type { CellResult, MethodResult } from '../../../bench/quality/grid/results.js';
import { answerOf } from '../../../bench/quality/own/answer.js';
import { summarizeSizes } from '../../../bench/quality/report/cells.js';
import { judgeCell } from '../../../bench/quality/report/compare.js';
import type { JudgedCell } from '../../../bench/quality/report/compare.js';

const NOTHING = { auroc: null, aurc: null, fpr95: null, aupr: null, risk80: null, risk90: null, brier: null, logLoss: null, ece: null };

function method(name: string, needs: MethodResult['needs'], eaurc: number): MethodResult {
  return { name, needs, competes: name !== 'metaerr', figures: { ...NOTHING, eaurc }, resamples: packResamples(new Float64Array(40).fill(eaurc)), curves: null };
}

/** Cells of one seed, with E-AURC of the product, of MSP and of Platt by number of labels. */
function judged(errorRate: number, eaurcs: Readonly<Record<number, readonly [own: number, msp: number, platt: number]>>): JudgedCell[] {
  const cells = Object.entries(eaurcs).map(([labels, [own, msp, platt]]): CellResult => ({
    labels: Number(labels), failures: 7, retrained: null, diagnostics: null,
    methods: [method('metaerr', 'labels', own), method('MSP', 'nothing', msp), method('Platt', 'labels', platt)],
  }));
  const unit = { unit: { seed: 1 }, wanted: [], testRows: 100, errorRate, cleanAccuracy: 1 - errorRate, cells, seconds: {} };
  return summarizeSizes({ name: 'own', baseRows: null }, [unit]).map(judgeCell).filter((cell) => cell !== null);
}

t.test('the answer names the numbers of labels at which it is better and worse', async (t) => {
  const answer = answerOf(judged(0.4, { 30: [0.03, 0.02, 0.02], 100: [0.02, 0.02, 0.02], 1000: [0.01, 0.02, 0.005] }), 2);
  t.equal(answer, 'Against the best baseline that needs no labels MetaErr is significantly better with 1,000 labels (E-AURC 0.50 times at 1,000), significantly worse with 30. '
    + 'Against the best of all baselines, given the same labels, MetaErr is significantly better at no number of labels, significantly worse with 30, 1,000.');
});

t.test('what speaks against the figures comes first', async (t) => {
  t.match(answerOf(judged(0.05, { 0: [0.02, 0.02, 0.02] }), 2), /^The base model fails on 5 of the test rows of all shuffles together: too few to tell much\. Against/);
  t.match(answerOf(judged(0.6, { 0: [0.02, 0.02, 0.02] }), 2), /^The base model is wrong on 60 % of the rows, more than by guessing: /);
  t.match(answerOf(judged(0.6, { 0: [0.02, 0.02, 0.02] }), 3), /^Against/);
});
