import t from 'tap';
import { createMetrics } from '../../src/core/metrics.js';
import { createLedgerExport } from '../../src/jobs/ledger-export.js';
import type { ScanBatch, ScanQuery } from '../../src/ledger/ledger.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { createLedgerWriter } from '../../src/ledger/writer.js';
import { ManualClock } from '../support/manual-clock.js';
import { temporaryDatabase } from '../support/jobs-database.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { KEY, newId, reply } from '../support/jobs-predictions.js';
import { recordingLogger } from '../support/recording-logger.js';

const everything = (model: string): ScanQuery => ({ model, version: null, labelled: null, from: null, to: null, features: false, inputs: true });

function open(t: { teardown(close: () => void): void }) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const ledger = createDirectLedger(db);
  const [clock, logger] = [new ManualClock(), recordingLogger()];
  const limits = { flushIntervalMilliseconds: 1_000, maxRows: 1_000, maxBufferedRows: 10_000, maxLargeRows: 10_000 };
  const writer = createLedgerWriter({ ledger, clock, logger, metrics: createMetrics(), ...limits, onChanges: () => undefined });
  return { db, ledger, writer, exports: createLedgerExport({ ledger, writer, catalogue: catalogueOf([loadedModel()], ['broken']), logger }) };
}

async function idsOf(batches: AsyncIterable<ScanBatch>): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of batches) ids.push(...batch.ids);
  return ids;
}

t.test('what was answered before is in it, written or not', async (t) => {
  const { ledger, writer, exports } = open(t);
  const [a, b] = [newId('m', 1), newId('m', 2)];
  await ledger.append(reply(a, 1));
  writer.add(reply(b, 2));
  t.same(await idsOf(await exports.open(everything('m'))), [a, b]);
});

t.test('a model that could not be loaded has its rows, one that nobody knows is refused', async (t) => {
  const { ledger, exports } = open(t);
  const id = newId('broken', 1);
  await ledger.append(reply(id, 1, 1, { ...KEY, model: 'broken' }));
  t.same(await idsOf(await exports.open(everything('broken'))), [id]);
  t.same(await idsOf(await exports.open(everything('m'))), []);
  await t.rejects(exports.open(everything('nobody')), { code: 'MODEL_NOT_FOUND' });
});

t.test('a ledger that takes no more rows is still read', async (t) => {
  const { db, ledger, writer, exports } = open(t);
  const id = newId('m', 1);
  await ledger.append(reply(id, 1));
  const pages = db.prepare<[number]>('PRAGMA page_count').get()?.[0] ?? 0;
  db.exec(`PRAGMA max_page_count = ${pages}`);
  writer.add(reply(newId('m', 2), 2, 2_000));
  t.same(await idsOf(await exports.open(everything('m'))), [id]);
});
