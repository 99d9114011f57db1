import fc from 'fast-check';
import t from 'tap';
import { reliabilityBins, expectedCalibrationError } from '../../src/meta/evaluation/calibration-error.js';
import { LOG_LOSS_CLIP, brierLosses, logLosses, mean } from '../../src/meta/evaluation/losses.js';
import { riskCoverage } from '../../src/meta/evaluation/risk-coverage.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { tieGroups } from '../../src/meta/evaluation/tie-groups.js';
import { labelledScores, near, shuffled } from '../support/evaluation-data.js';

const scores = Float64Array.from([0.1, 0.2, 0.7, 0.8]);
const failures = Uint8Array.from([0, 1, 0, 1]);

t.test('Brier score and log loss', async (t) => {
  // (.1^2 + .8^2 + .7^2 + .2^2) / 4 = (.01 + .64 + .49 + .04) / 4
  near(t, mean(brierLosses(scores, failures)), 0.295);
  near(t, mean(logLosses(scores, failures)), -(Math.log(0.9) + Math.log(0.2) + Math.log(0.3) + Math.log(0.8)) / 4);
});

t.test('a certain mistake costs -ln of the clip', async (t) => {
  const losses = logLosses(Float64Array.from([0, 1, 0, 1]), Uint8Array.from([1, 0, 0, 1]));
  near(t, losses[0] ?? null, -Math.log(LOG_LOSS_CLIP));
  near(t, losses[1] ?? null, -Math.log(LOG_LOSS_CLIP), 0.2);
  near(t, losses[2] ?? null, 0);
  near(t, losses[3] ?? null, 0);
});

t.test('ECE over bins of equal mass', async (t) => {
  const bins = reliabilityBins(tieGroups(scores, failures), 2);
  // Bins {.1, .2} and {.7, .8}, each with one failure of two: |.15 - .5| and |.75 - .5|, equal weights.
  t.match(bins, [{ count: 2, failure_rate: 0.5 }, { count: 2, failure_rate: 0.5 }]);
  near(t, bins[0]?.mean_failure_probability ?? null, 0.15);
  near(t, bins[1]?.mean_failure_probability ?? null, 0.75);
  near(t, expectedCalibrationError(bins), 0.3);
});

t.test('a border of bins shares a group of tied rows by its failure rate', async (t) => {
  const tied = tieGroups(Float64Array.from([0.3, 0.3, 0.3, 0.9]), Uint8Array.from([1, 0, 0, 1]));
  // Bins {.3, .3} and {.3, .9}: failures 2/3 and 1/3 + 1.
  const bins = reliabilityBins(tied, 2);
  near(t, bins[0]?.failure_rate ?? null, 1 / 3);
  near(t, bins[1]?.failure_rate ?? null, 2 / 3);
});

t.test('fewer rows than bins leave the empty bins out', async (t) => {
  t.same(reliabilityBins(tieGroups(scores, failures)).map((bin) => bin.count), [1, 1, 1, 1]);
});

t.test('the risk-coverage curve', async (t) => {
  const curve = riskCoverage(tieGroups(scores, failures));
  t.same(curve.map((point) => point.coverage), [0.25, 0.5, 0.75, 1]);
  t.same(curve.map((point) => point.risk), [0, 1 / 2, 1 / 3, 2 / 4]);
  const coarse = riskCoverage(tieGroups(scores, failures), 2);
  t.same(coarse, [{ coverage: 0.5, risk: 0.5 }, { coverage: 1, risk: 0.5 }]);
});

t.test('no rows', async (t) => {
  t.same(summarize(new Float64Array(), new Uint8Array()), {
    rows: 0, failures: 0, auroc: null, aurc: null, eaurc: null, brier: null, log_loss: null, ece: null, bins: [], risk_coverage: [],
  });
});

t.test('probabilities that are the failure rate of their group have no calibration error', async (t) => {
  const calibrated = Float64Array.from({ length: 600 }, (_, i) => (i < 300 ? 0.2 : 0.6));
  const outcomes = Uint8Array.from({ length: 600 }, (_, i) => Number(i % 5 < (i < 300 ? 1 : 3)));
  near(t, summarize(calibrated, outcomes).ece, 0);
});

t.test('bins hold every row, their rates add up to the failures, the curve ends at the failure rate', async () => {
  fc.assert(
    fc.property(labelledScores(), (rows) => {
      const summary = summarize(rows.scores, rows.failures);
      const count = summary.bins.reduce((sum, bin) => sum + bin.count, 0);
      const failed = summary.bins.reduce((sum, bin) => sum + bin.count * bin.failure_rate, 0);
      const end = summary.risk_coverage.at(-1);
      return count === summary.rows && Math.abs(failed - summary.failures) < 1e-9 && summary.bins.length <= 15 && summary.risk_coverage.length <= 50
        && end?.coverage === 1 && Math.abs(end.risk - summary.failures / summary.rows) < 1e-12;
    }),
  );
});

t.test('a summary does not depend on the order of rows', async () => {
  fc.assert(
    fc.property(labelledScores(), fc.integer(), (rows, seed) => {
      const here = summarize(rows.scores, rows.failures);
      const there = summarize(...shuffled(rows.scores, rows.failures, seed));
      const exact = ({ brier: _brier, log_loss: _logLoss, ...rest }: typeof here) => JSON.stringify(rest);
      return exact(here) === exact(there) && Math.abs((here.brier ?? 0) - (there.brier ?? 0)) < 1e-12;
    }),
  );
});
