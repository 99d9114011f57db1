import t from 'tap';
import type { Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { predictionIdFactory, modelTag } from '../../src/core/ids.js';
import type { ReportQuery } from '../../src/jobs/contracts.js';
import { createReport } from '../../src/jobs/report.js';
import { KEY, log, temporaryLedger } from '../support/report-ledger.js';
import { loadedModel } from '../support/jobs-model.js';
import { ManualClock } from '../support/manual-clock.js';
import type { Answer } from '../support/report-ledger.js';

const nextId = predictionIdFactory();
const id = () => nextId(modelTag(KEY.model), 1_000);
const query: ReportQuery = { model: KEY.model, version: null, from: null, to: null, metaVersion: null };
const catalogue = { loaded: () => ({ key: KEY, meta: null, config: loadedModel().config }) };
const clock = new ManualClock(10_000);
const registry = { get: () => Promise.resolve(null) };

async function ledgerOf(t: Test, predictions: readonly (readonly Answer[])[]) {
  const { ledger, dispose } = temporaryLedger();
  t.teardown(dispose);
  for (const answers of predictions) await log(ledger, id(), answers);
  return ledger;
}

// Sorted by failure probability the failures come last, sorted by 1 - confidence they come first.
const ANSWERS: readonly Answer[] = [
  { failureProbability: 0.1, coldStart: 0.4, failed: false },
  { failureProbability: 0.2, coldStart: 0.3, failed: false },
  { failureProbability: 0.8, coldStart: 0.2, failed: true },
  { failureProbability: 0.9, coldStart: 0.1, failed: true },
];

t.test('champion and baseline are judged on the same labelled rows', async (t) => {
  const unlabelled: Answer = { failureProbability: 0.5, coldStart: 0.5, failed: null };
  const unscored: Answer = { failureProbability: NaN, coldStart: 0.5, failed: true };
  const ledger = await ledgerOf(t, [ANSWERS.slice(0, 2), [...ANSWERS.slice(2), unlabelled, unscored]]);
  const report = await createReport({ ledger, registry, clock, catalogue }).report(query);
  t.match(report.champion, { rows: 4, failures: 2, auroc: 1, eaurc: 0 });
  t.match(report.confidenceBaseline, { rows: 4, failures: 2, auroc: 0 });
  // Risks at k = 1..4 with the failures first: 1, 1, 2/3, 2/4.
  t.equal(report.confidenceBaseline.aurc?.toFixed(12), ((1 + 1 + 2 / 3 + 2 / 4) / 4).toFixed(12));
  t.match(report.counts, { predictions: 6, labelled: 5, failures: 3 });
  t.equal(report.observedFailureRate, 3 / 5);
  t.equal(report.expectedFailureRate?.toFixed(12), ((0.1 + 0.2 + 0.8 + 0.9 + 0.5) / 5).toFixed(12));
});

t.test('only rows of the asked meta-model and time', async (t) => {
  const ledger = await ledgerOf(t, [
    ANSWERS.map((answer) => ({ ...answer, metaVersion: 0, createdAt: 1_000 })),
    ANSWERS.slice(0, 3).map((answer) => ({ ...answer, metaVersion: 1, createdAt: 5_000 })),
  ]);
  const reports = createReport({ ledger, registry, clock, catalogue });
  t.equal((await reports.report({ ...query, metaVersion: 0 })).champion.rows, 4);
  t.equal((await reports.report({ ...query, metaVersion: 1 })).champion.rows, 3);
  t.equal((await reports.report({ ...query, from: 2_000 })).champion.rows, 3);
  const early = await reports.report({ ...query, to: 2_000 });
  t.equal(early.champion.rows, 4);
  t.equal(early.counts.predictions, 4);
});

t.test('only rows of the served base file', async (t) => {
  const ledger = await ledgerOf(t, [ANSWERS]);
  await log(ledger, id(), ANSWERS, { ...KEY, digest: 'e'.repeat(64) });
  t.equal((await createReport({ ledger, registry, clock, catalogue }).report(query)).champion.rows, 4);
});

t.test('a task without confidence has a champion and no baseline', async (t) => {
  const ledger = await ledgerOf(t, [ANSWERS.map((answer) => ({ ...answer, coldStart: NaN }))]);
  const report = await createReport({ ledger, registry, clock, catalogue }).report(query);
  t.equal(report.champion.rows, 4);
  t.match(report.confidenceBaseline, { rows: 0, auroc: null, brier: null, bins: [] });
});

t.test('at most the newest rows are judged', async (t) => {
  const ledger = await ledgerOf(t, [ANSWERS.map((answer, row) => ({ ...answer, createdAt: 1_000 + row }))]);
  const report = await createReport({ ledger, registry, clock, catalogue, maxRows: 3 }).report(query);
  t.match(report.champion, { rows: 3, failures: 2 });
});

t.test('labels that are no class of the model are counted, and said in words', async (t) => {
  const ledger = await ledgerOf(t, [ANSWERS]);
  const labelsOf = async (labels: readonly string[] | null) => {
    const config = { ...loadedModel().config, labels };
    return (await createReport({ ledger, registry, clock, catalogue: { loaded: () => ({ key: KEY, meta: null, config }) } }).report(query)).labels;
  };
  t.match(await labelsOf(['7', '8']), { unknownLabels: { total: 2, examples: ['1'] }, statement: /The label of 2 of the 4 rows is no class of the model \("1"\)/ });
  const known = await labelsOf(['1', '7']);
  t.same(known.unknownLabels, { total: 0, examples: [] });
  t.notMatch(known.statement, /no class/);
  t.equal((await labelsOf(null)).unknownLabels, null, 'of what it does not know it says nothing');
});

t.test('nothing predicted yet', async (t) => {
  const report = await createReport({ ledger: await ledgerOf(t, []), registry, clock, catalogue }).report(query);
  t.match(report, { observedFailureRate: null, expectedFailureRate: null, champion: { rows: 0 }, confidenceBaseline: { rows: 0 } });
});

t.test('asks the catalogue for the version, and passes on its refusal', async (t) => {
  const asked: unknown[] = [];
  const refusing = {
    loaded(...wanted: unknown[]): never {
      asked.push(wanted);
      throw new MetaErrError('VERSION_NOT_FOUND', 'no version 9');
    },
  };
  const reports = createReport({ ledger: await ledgerOf(t, []), registry, clock, catalogue: refusing });
  await t.rejects(reports.report({ ...query, version: 9 }), { code: 'VERSION_NOT_FOUND' });
  t.same(asked, [['digits', 9]]);
});

t.test('rows that are too young for all ground truths to have come are not judged', async (t) => {
  const young: Answer = { failureProbability: 0.9, coldStart: 0.9, failed: true, createdAt: 9_500 };
  const ledger = await ledgerOf(t, [ANSWERS, [young]]);
  const maturing = { loaded: () => ({ key: KEY, meta: null, config: loadedModel({ retraining: { label_maturity_seconds: 1 } }).config }) };
  const reports = createReport({ ledger, registry, clock, catalogue: maturing });
  t.match(await reports.report(query), { champion: { rows: 4 }, counts: { labelled: 5 }, labels: { rows: 4 } });
  t.equal((await reports.report({ ...query, to: 900 })).champion.rows, 0);
  t.equal((await createReport({ ledger, registry, clock, catalogue }).report(query)).champion.rows, 5);
});
