import t from 'tap';
import { pairedEvidence, type PairedEvidence, type PairedFigure } from '../../src/meta/evaluation/paired-evidence.js';
import { judgeEvidence } from '../../src/meta/promotion/judge-holdout.js';
import { firstAfter, holdoutStart } from '../../src/meta/promotion/neutral-rows.js';
import { createRandom } from '../../src/meta/training/random.js';
import { near } from '../support/evaluation-data.js';
import { firstBetter, spending, unspent } from '../support/promotion-worlds.js';

const figure = (improvement: number, shareLower: number, bounds: (alpha: number) => number = () => -1): PairedFigure =>
  ({ ours: 0.3 - improvement, theirs: 0.3, shareLower, improvementBound: bounds });
const evidence = (change: Partial<PairedEvidence>): PairedEvidence =>
  ({ rows: 300, failures: 60, logLoss: figure(0, 0.5), aurc: figure(0, 0.5), brier: figure(0.001, 0.5), ...change });
const spends = (need: number) => (alpha: number) => (alpha >= need ? 0.01 : -0.01);

t.test('who is no worse follows a champion that knows clearly fewer rows, without a test', async (t) => {
  const grown = 'it knew 1 of 2';
  t.match(judgeEvidence(evidence({}), { grown, attempt: 9 }), { way: 'follows', tested: false, words: /^no worse, and it knew 1 of 2: log loss lower in 50 %/ });
  t.match(judgeEvidence(evidence({ logLoss: figure(-0.1, 0.19) }), { grown, attempt: 9 }), { way: null, tested: true, words: /^worse, though it knew 1 of 2: .*19 %.*not shown/ });
  t.match(judgeEvidence(evidence({ brier: figure(-0.1, 0.19) }), { grown, attempt: 9 }), { way: null, tested: true });
  t.match(judgeEvidence(evidence({}), { grown: null, attempt: 9 }), { way: null, tested: true });
});

t.test('better by log loss or by AURC at the alpha of the try, and not by Brier score worse', async (t) => {
  const at = (attempt: number) => ({ grown: null, attempt });
  for (const name of ['logLoss', 'aurc'] as const) {
    const found = evidence({ [name]: figure(0.1, 0.99, spends(0.05 / 6 / 2)) });
    t.match(judgeEvidence(found, at(1)), { way: 'better', tested: true, words: /^better: with 98\.75 % confidence \(test 1, alpha 0\.025\)/ });
    t.equal(judgeEvidence(found, at(2)).way, 'better');
    t.equal(judgeEvidence(found, at(3)).way, null, 'what would have been enough at first is not enough later');
    t.equal(judgeEvidence({ ...found, brier: figure(-0.001, 0.4) }, at(1)).way, null);
  }
});

t.test('evidence is that of the normal approximation, and AURC of the rows', async (t) => {
  const random = createRandom(5);
  const n = 1500;
  const failures = Uint8Array.from({ length: n }, () => Number(random.uniform() < 0.3));
  const ours = Float64Array.from(failures, (failure) => 0.3 + (failure === 1 ? 0.3 : -0.15) * random.uniform());
  const theirs = new Float64Array(n).fill(0.3);
  const { logLoss, aurc, brier, rows, failures: count } = pairedEvidence(ours, theirs, failures, 1);
  t.same([rows, count], [n, failures.reduce((sum, failure) => sum + failure, 0)]);
  const gains = Float64Array.from(failures, (failure, i) => (failure === 1 ? Math.log(ours[i]! / 0.3) : Math.log((1 - ours[i]!) / 0.7)));
  const gain = gains.reduce((sum, value) => sum + value, 0) / n;
  const error = Math.sqrt(gains.reduce((sum, value) => sum + (value - gain) ** 2, 0)) / n;
  near(t, logLoss.theirs - logLoss.ours, gain);
  near(t, logLoss.improvementBound(0.025), gain - 1.96 * error, 0.25 * error);
  near(t, logLoss.improvementBound(1e-6), gain - 4.753 * error, 0.25 * error);
  t.ok(aurc.ours < aurc.theirs && aurc.improvementBound(0.025) > 0 && aurc.shareLower === 1);
  t.ok(brier.ours < brier.theirs && brier.shareLower === 1);
  const tie = pairedEvidence(theirs, theirs, failures, 1);
  t.same([tie.logLoss.shareLower, tie.aurc.shareLower, tie.logLoss.improvementBound(0.5)], [0.5, 0.5, 0]);
});

t.test('repeated tries against a champion that is as good: the chance of ever calling one better is below alpha', async (t) => {
  const world = { mean: -2, champion: 0.8, challenger: 0.8, rows: 100, window: 300, tries: 6 };
  const runs = 40;
  const first = Array.from({ length: runs }, (_, run) => firstBetter(world, 1 + run, [spending, unspent]));
  const wrong = (rule: number) => first.filter((outcome) => outcome[rule] !== null).length;
  // 2 runs in 40 are expected at most; 7 and more have a chance of 0.3 %.
  t.ok(wrong(0) < 7, `${wrong(0)} of ${runs} runs`);
  t.ok(wrong(1) > wrong(0), `without alpha spending ${wrong(1)}`);
});

t.test('rows that judge', async (t) => {
  t.equal(holdoutStart(1000), 800);
  const createdAt = Float64Array.of(1, 2, 2, 5);
  t.same([0, 1, 2, 3, 5].map((time) => firstAfter({ createdAt, rows: 4 }, time)), [0, 1, 3, 3, 4]);
});
