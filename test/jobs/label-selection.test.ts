import t, { type Test } from 'tap';
import { modelTag, predictionIdFactory } from '../../src/core/ids.js';
import { createReport } from '../../src/jobs/report.js';
import { selectionFault, selectionOf } from '../../src/jobs/label-selection.js';
import type { LabelledBatch } from '../../src/ledger/ledger.js';
import { selectionWeights } from '../../src/meta/selection/weights.js';
import { loadedModel } from '../support/jobs-model.js';
import { KEY, log, temporaryLedger, type Answer } from '../support/report-ledger.js';

const nextId = predictionIdFactory();
const RATES = [0.02, 0.1, 0.3, 0.7];

/**
 * 4,000 answered rows whose failure probabilities are right, of which some are labelled. Failures are dealt out evenly: of each rate, exactly
 * so many as there should be, among the labelled and the rest alike.
 */
async function ledgerOf(t: Test, plan: (row: number, rate: number) => { labelled: boolean; choice?: number }) {
  const { ledger, dispose } = temporaryLedger();
  t.teardown(dispose);
  const debts = new Map<string, number>();
  const answers = Array.from({ length: 4000 }, (_, row): Answer => {
    const rate = RATES[row % 4] ?? 0;
    const { labelled, choice } = plan(row, rate);
    const debt = (debts.get(`${rate}`) ?? 0.5) + (labelled ? rate : 0);
    debts.set(`${rate}`, debt >= 1 ? debt - 1 : debt);
    return { failureProbability: rate, coldStart: rate, failed: labelled ? debt >= 1 : null, createdAt: 1000 + row, review: rate > 0.5, ...(choice === undefined ? {} : { choice }) };
  });
  for (let at = 0; at < answers.length; at += 500) await log(ledger, nextId(modelTag(KEY.model), 1_000), answers.slice(at, at + 500));
  const report = async () => {
    const catalogue = { loaded: () => ({ key: KEY, meta: null, config: { ...loadedModel().config, labels: ['1', '7'] } }) };
    const { labels } = await createReport({ ledger, registry: { get: () => Promise.resolve(null) }, clock: { now: () => 1e6 }, catalogue }).report({ model: KEY.model, version: null, from: null, to: null, metaVersion: null });
    return labels;
  };
  const fault = async () => {
    const batches: LabelledBatch[] = [];
    for await (const batch of ledger.labelled({ key: KEY, featureSchema: null, from: null, to: null, newest: 10_000, features: false })) batches.push(batch);
    const doubles = (of: (batch: LabelledBatch) => Float64Array) => Float64Array.from(batches.flatMap((batch) => [...of(batch)]));
    const choices = Uint16Array.from(batches.flatMap((batch) => [...batch.choices]));
    return selectionFault(await selectionOf(ledger, KEY, { createdAt: doubles((b) => b.createdAt), failureProbabilities: doubles((b) => b.failureProbabilities), weights: selectionWeights(choices) }));
  };
  return { report, fault };
}

const TRUE_RATE = (0.02 + 0.1 + 0.3 + 0.7) / 4;

t.test('labels of all rows, or of random ones, are nothing to speak of', async (t) => {
  for (const every of [1, 3]) {
    const { report, fault } = await ledgerOf(t, (row) => ({ labelled: row % every === 0 }));
    t.equal(await fault(), null);
    t.match(await report(), { known: 0, audited: 0, visiblySelected: false, statement: /not known: each stands for itself\.$/ });
  }
});

t.test('labels of risky rows alone are seen, told, and promote nothing by themselves', async (t) => {
  const { report, fault } = await ledgerOf(t, (_, rate) => ({ labelled: rate > 0.5 }));
  t.match(await fault(), /^the labelled rows are visibly selected: their mean failure probability is 0\.700, that of all predictions of their time 0\.2\d\d/);
  t.match(await report(), { rows: 1000, known: 0, unknown: 1000, visiblySelected: true, statement: /visibly others .* nothing is promoted by itself\.$/ });
});

t.test('risky rows and an audit share: the weights make up for the choice, in the report too', async (t) => {
  const { report, fault } = await ledgerOf(t, (row, rate) => ({ labelled: rate > 0.5 || Math.floor(row / 4) % 20 === 0, choice: rate > 0.5 ? 1 : 0.05 }));
  t.equal(await fault(), null);
  const labels = await report();
  t.match(labels, { rows: 1150, known: 1150, unknown: 0, visiblySelected: false, statement: /is known\.$/ });
  t.ok(labels.effectiveRows > 150 && labels.effectiveRows < 500);
  const { expectedFailureRate = 0, observedFailureRate = 0 } = labels.weighted ?? {};
  t.ok(Math.abs(expectedFailureRate - TRUE_RATE) < 0.01, `${expectedFailureRate}`);
  // 150 audited rows know their failure rate to 0.03.
  t.ok(Math.abs(observedFailureRate - TRUE_RATE) < 0.03, `${observedFailureRate}`);
});

t.test('without labels there is nothing to be said', async (t) => {
  const { report, fault } = await ledgerOf(t, () => ({ labelled: false }));
  t.equal(await fault(), null);
  t.match(await report(), { rows: 0, weighted: null, visiblySelected: null, statement: 'No prediction has a ground truth.' });
});
