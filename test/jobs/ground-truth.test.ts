import t from 'tap';
import type { Test } from 'tap';
import { createMetrics } from '../../src/core/metrics.js';
import type { GroundTruthInput } from '../../src/jobs/contracts.js';
import { createGroundTruth } from '../../src/jobs/ground-truth.js';
import { MetaErrError } from '../../src/core/errors.js';
import type { GroundTruthItem, LabelChange, Ledger } from '../../src/ledger/ledger.js';
import { PartlyRecorded } from '../../src/ledger/partly-written.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { createLedgerWriter } from '../../src/ledger/writer.js';
import { ManualClock } from '../support/manual-clock.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { recordingLogger } from '../support/recording-logger.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { KEY, keyOf, newId, reply } from '../support/jobs-predictions.js';

function open(t: Test, change: (ledger: Ledger) => Ledger = (ledger) => ledger) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const clock = new ManualClock();
  const logger = recordingLogger();
  const metrics = createMetrics();
  const ledger = createDirectLedger(db);
  const changes: LabelChange[] = [];
  const limits = { flushIntervalMilliseconds: 1_000, maxRows: 1_000, maxBufferedRows: 10_000, maxLargeRows: 10_000 };
  const writer = createLedgerWriter({ ledger: change(ledger), clock, logger, metrics, ...limits, onChanges: () => undefined });
  const catalogue = catalogueOf([loadedModel()], ['broken']);
  const onLabels = (changed: readonly LabelChange[]) => void changes.push(...changed);
  const useCase = createGroundTruth({ ledger: change(ledger), writer, catalogue, clock, metrics, logger, onLabels });
  const value = async (name: string) => (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
  return { db, clock, ledger, writer, useCase, changes, value };
}

await t.test('answers in order, each item judged for itself', async (t) => {
  const { clock, ledger, useCase, changes, value } = open(t);
  const id = newId('m', clock.now());
  await ledger.append(reply(id, clock.now(), 3));
  const unseen = newId('m', clock.now());
  const items: [GroundTruthInput, string, (string | true)?][] = [
    [{ prediction_id: id, row: 0, label: 'a' }, 'matched'],
    [{ prediction_id: 'nonsense', label: 'a' }, 'invalid', 'malformed_prediction_id'],
    [{ prediction_id: id, row: 1, label: 'zebra' }, 'matched', true],
    [{ prediction_id: newId('nobody', clock.now()), label: 'a' }, 'invalid', 'unknown_model'],
    [{ prediction_id: id, row: 0, label: 'a' }, 'duplicate'],
    [{ prediction_id: id, row: 0 }, 'invalid', 'label_value_or_correct_required'],
    [{ prediction_id: id, row: 0, label: 'a', correct: true }, 'invalid', 'only_one_of_label_value_correct'],
    [{ prediction_id: id, row: 0, label: 'b', observed_at: '2025-01-01T00:00:00Z' }, 'conflict'],
    [{ prediction_id: id, row: 0, label: 'b', observed_at: 'yesterday' }, 'invalid', 'malformed_observed_at'],
    [{ prediction_id: id, row: 3, correct: true }, 'invalid', 'row_out_of_range'],
    [{ prediction_id: id, row: 3, label: 'zebra' }, 'invalid', 'row_out_of_range'],
    [{ prediction_id: id, row: 0.5, correct: true }, 'invalid', 'row_out_of_range'],
    [{ prediction_id: id, row: -1, correct: true }, 'invalid', 'row_out_of_range'],
    [{ prediction_id: id, correct: true }, 'invalid', 'row_required'],
    [{ prediction_id: id, row: 2, value: 1.5 }, 'invalid', 'wrong_kind'],
    [{ prediction_id: id, row: 2, value: Infinity }, 'invalid', 'label_value_or_correct_required'],
    [{ prediction_id: id, row: 2, correct: true, source: 'desk' }, 'matched'],
    [{ prediction_id: unseen, label: 7 }, 'pending', true],
    [{ prediction_id: newId('broken', clock.now()), label: 7 }, 'pending'],
  ];
  const answers = await useCase.submit(items.map(([item]) => item));
  t.same(answers, items.map(([, status, more]) => ({ status, ...(more === true && { unknown_label: true }), ...(typeof more === 'string' && { reason: more }) })));
  t.same(await useCase.submit([]), []);

  const labels = { model: 'm', version: '1' };
  t.match(await value('metaerr_ground_truths_total'), [
    { labels: { status: 'matched' }, value: 3 },
    { labels: { status: 'duplicate' }, value: 1 },
    { labels: { status: 'conflict' }, value: 1 },
    { labels: { status: 'pending' }, value: 2 },
    { labels: { status: 'invalid' }, value: 12 },
  ]);
  t.match(await value('metaerr_labelled_predictions_total'), [{ labels, value: 3 }]);
  t.match(await value('metaerr_observed_failures_total'), [{ labels, value: 1 }]);
  t.match(await value('metaerr_labelled_expected_failures_total'), [{ labels, value: 0.75 }]);
  t.match(await value('metaerr_unknown_labels_total'), [{ labels, value: 2 }]);
  t.equal(changes.reduce((sum, change) => sum + change.labelled, 0), 3);

  const [first, , third] = await ledger.prediction(id);
  t.match(first?.groundTruths.map((truth) => truth.value), ['a', 'a', 'b']);
  t.match(third?.groundTruths, [{ kind: 'correct', value: 'true', source: 'desk', observedAt: clock.now(), receivedAt: clock.now() }]);
});

await t.test("a caller's own id names its prediction", async (t) => {
  const { clock, ledger, writer, useCase } = open(t);
  const [whole, rows, held] = [newId('m', clock.now()), newId('m', clock.now()), newId('m', clock.now())];
  await ledger.append({ ...reply(whole, clock.now(), 2), callers: [{ key: keyOf('m', 'request'), predictionId: whole, row: null }] });
  await ledger.append({ ...reply(rows, clock.now(), 2), callers: ['4711', 'twice', 'twice'].map((name, row) => ({ key: keyOf('m', name), predictionId: rows, row: row % 2 })) });
  writer.add({ ...reply(held, clock.now()), callers: [{ key: keyOf('m', 'held'), predictionId: held, row: null }] });
  const items: [GroundTruthInput, string, string?][] = [
    [{ model: 'm', id: 'request', row: 1, label: 'b' }, 'matched'],
    [{ model: 'm', id: 'request', label: 'b' }, 'invalid', 'row_required'],
    [{ model: 'm', id: 4711, label: 'b' }, 'matched'],
    [{ model: 'm', id: '4711', row: 1, label: 'b' }, 'invalid', 'row_out_of_range'],
    [{ model: 'm', id: 'twice', label: 'b' }, 'invalid', 'ambiguous_id'],
    [{ model: 'm', id: 'held', label: 'a' }, 'matched'],
    [{ model: 'm', id: 'unseen', label: 'a' }, 'pending'],
    [{ model: 'broken', id: 'unseen', label: 'a' }, 'pending'],
    [{ model: 'nobody', id: 'request', label: 'a' }, 'invalid', 'unknown_model'],
    [{ model: 'm', id: '', label: 'a' }, 'invalid', 'malformed_id'],
    [{ model: 'm', id: 'x'.repeat(512), label: 'a' }, 'pending'],
    [{ model: 'm', id: 'x'.repeat(513), label: 'a' }, 'invalid', 'malformed_id'],
    [{ model: 'm', id: 2 ** 53, label: 'a' }, 'invalid', 'malformed_id'],
    [{ model: 'm', id: Infinity, label: 'a' }, 'invalid', 'malformed_id'],
    [{ model: 'm', id: 'big', label: 2 ** 53 }, 'invalid', 'malformed_label'],
    [{ model: 'm', id: 1.5, label: 'a' }, 'pending'],
    [{ model: 'm', label: 'a' }, 'invalid', 'prediction_id_or_model_and_id_required'],
    [{ id: 'request', label: 'a' }, 'invalid', 'prediction_id_or_model_and_id_required'],
    [{ label: 'a' }, 'invalid', 'prediction_id_or_model_and_id_required'],
    [{ prediction_id: whole, id: 'request', row: 0, label: 'a' }, 'invalid', 'only_one_of_prediction_id_and_id'],
    [{ prediction_id: whole, model: 'm', row: 0, label: 'a' }, 'invalid', 'only_one_of_prediction_id_and_id'],
    [{ prediction_id: keyOf('m', 'request'), row: 0, label: 'a' }, 'invalid', 'malformed_prediction_id'],
  ];
  const answers = await useCase.submit(items.map(([item]) => item));
  t.same(answers, items.map(([, status, reason]) => (reason === undefined ? { status } : { status, reason })));
  t.notOk(writer.holds(keyOf('m', 'held')), 'what it names was written first');
  t.match(await ledger.prediction(rows), [{ failure: true }, { failure: null }]);
});

await t.test('a correction takes the failure back, in the metrics too', async (t) => {
  const { clock, ledger, useCase, value } = open(t);
  const id = newId('m', clock.now());
  await ledger.append(reply(id, clock.now()));
  await useCase.submit([{ prediction_id: id, label: 'b', observed_at: '2026-01-01T00:00:00Z' }]);
  await useCase.submit([{ prediction_id: id, label: 'a', observed_at: '2026-01-02T00:00:00Z' }]);
  t.match(await value('metaerr_observed_failures_total'), [{ value: 1 }]);
  t.match(await value('metaerr_corrected_failures_total'), [{ value: 1 }]);
});

await t.test('a label is unknown by the classes of the version that answered, as long as that is loaded', async (t) => {
  const { clock, ledger, useCase, value } = open(t);
  const [older, id] = [newId('m', clock.now()), newId('m', clock.now())];
  await ledger.append(reply(older, clock.now(), 1, { ...KEY, version: 7 }));
  await ledger.append(reply(id, clock.now()));
  const answers = await useCase.submit([older, id, newId('m', clock.now())].map((prediction_id) => ({ prediction_id, row: 0, label: 'a class of version 7' })));
  t.same(answers, [{ status: 'matched' }, { status: 'matched', unknown_label: true }, { status: 'pending', unknown_label: true }]);
  t.match(await value('metaerr_unknown_labels_total'), [{ labels: { model: 'm', version: '1' }, value: 2 }]);
});

await t.test('numbers and booleans are compared as decimal text', async (t) => {
  const { clock, ledger, useCase } = open(t);
  const id = newId('m', clock.now());
  const batch = reply(id, clock.now(), 3);
  await ledger.append({ ...batch, labels: ['9', '1.5', 'true'] });
  await useCase.submit([9, 1.5, true].map((label, row) => ({ prediction_id: id, row, label })));
  t.same((await ledger.prediction(id)).map((record) => record.failure), [false, false, false]);
});

await t.test('predictions that wait to be written are written first', async (t) => {
  const { clock, writer, useCase } = open(t);
  const id = newId('m', clock.now());
  writer.add(reply(id, clock.now()));
  t.ok(writer.holds(id));
  t.same(await useCase.submit([{ prediction_id: id, label: 'a' }]), [{ status: 'matched' }]);
  t.notOk(writer.holds(id));
});

await t.test('they do not wait for a reply of very many rows that is being written', async (t) => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = (ledger: Ledger): Ledger => ({
    ...ledger,
    async append(batch) {
      if (batch.ids.length > 1) await released;
      return ledger.append(batch);
    },
  });
  const { clock, writer, useCase } = open(t, slow);
  const [large, id] = [newId('m', clock.now()), newId('m', clock.now())];
  writer.add(reply(large, clock.now(), 5_000));
  writer.add(reply(id, clock.now()));
  t.same(await useCase.submit([{ prediction_id: id, label: 'a' }]), [{ status: 'matched' }]);
  t.ok(writer.holds(large));
  const own = useCase.submit([{ prediction_id: large, row: 4_999, label: 'a' }]);
  release();
  t.same(await own, [{ status: 'matched' }], 'those of its own rows do');
});

await t.test('a submission of many items keeps its order', async (t) => {
  const { clock, ledger, useCase, changes } = open(t);
  const id = newId('m', clock.now());
  await ledger.append(reply(id, clock.now(), 5_000));
  const items = Array.from({ length: 5_001 }, (_, row) => ({ prediction_id: id, row, label: 'a' }));
  const answers = await useCase.submit(items);
  t.ok(answers.slice(0, 5_000).every((answer) => answer.status === 'matched'));
  t.same(answers[5_000], { status: 'invalid', reason: 'row_out_of_range' });
  t.equal(changes.reduce((sum, change) => sum + change.labelled, 0), 5_000);
  t.equal(await ledger.labelSequence(KEY), 5_000);
});

await t.test('nothing is acknowledged that is not durable', async (t) => {
  const { db, clock, ledger, useCase, changes, value } = open(t);
  const id = newId('m', clock.now());
  await ledger.append(reply(id, clock.now()));
  // A full disk: the file may not grow by a single page.
  const pages = db.prepare<[number]>('PRAGMA page_count').get()?.[0] ?? 0;
  db.exec(`PRAGMA max_page_count = ${pages}`);
  const items = Array.from({ length: 2_000 }, () => ({ prediction_id: newId('m', clock.now()), label: 'x'.repeat(200) }));
  await t.rejects(useCase.submit([{ prediction_id: id, label: 'a' }, ...items]), { code: 'LEDGER_UNAVAILABLE' });
  t.same(changes, []);
  t.ok((await value('metaerr_ground_truths_total')).every((each) => each.value === 0));
  t.match(await ledger.prediction(id), [{ failure: null }]);
});

/** Records as the ledger does, but of the third call only the first 500 items; rejects that one. */
function failingThird(ledger: Ledger): Ledger {
  let calls = 0;
  const record = async (items: readonly GroundTruthItem[]) => {
    calls += 1;
    if (calls !== 3) return ledger.record(items);
    const { results, answeredBy, changes } = await ledger.record(items.slice(0, 500));
    throw new PartlyRecorded(new MetaErrError('LEDGER_UNAVAILABLE', 'away'), { results: items.map((_, i) => results[i] ?? null), answeredBy, changes });
  };
  return { ...ledger, record };
}

await t.test('of a submission that fails in the middle, what was recorded is counted', async (t) => {
  const { clock, ledger, useCase, changes, value } = open(t, failingThird);
  const id = newId('m', clock.now());
  await ledger.append(reply(id, clock.now(), 5_000));
  const items = Array.from({ length: 5_001 }, (_, row) => ({ prediction_id: row === 5_000 ? 'nonsense' : id, row, label: 'b' }));
  const agrees = async (statuses: object) => {
    const { labelled, failures } = await ledger.counts({ model: 'm', version: null, from: null, to: null });
    t.match(await value('metaerr_labelled_predictions_total'), [{ value: labelled }]);
    t.match(await value('metaerr_observed_failures_total'), [{ value: failures }]);
    t.equal(changes.reduce((sum, change) => sum + change.labelled, 0), labelled);
    const counted = (await value('metaerr_ground_truths_total')).filter(({ value }) => value > 0);
    t.same(Object.fromEntries(counted.map(({ labels, value }) => [labels['status'], value])), statuses);
  };
  await t.rejects(useCase.submit(items), { code: 'LEDGER_UNAVAILABLE', message: 'away' });
  await agrees({ matched: 4_500 });
  await useCase.submit(items);
  await agrees({ matched: 5_000, duplicate: 4_500, invalid: 1 });
});
