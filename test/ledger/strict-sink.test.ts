import t from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { createMetrics } from '../../src/core/metrics.js';
import { createStrictSink } from '../../src/ledger/strict-sink.js';
import { createLedgerWriter } from '../../src/ledger/writer.js';
import { ManualClock } from '../support/manual-clock.js';
import { newId, reply } from '../support/jobs-predictions.js';
import { recordingLogger } from '../support/recording-logger.js';

t.test('false while writes fail, and for what was dropped', async (t) => {
  let away = false;
  const writer = createLedgerWriter({
    ledger: { append: async () => (away ? Promise.reject(new MetaErrError('LEDGER_UNAVAILABLE', 'Redis is away')) : []) },
    clock: new ManualClock(),
    logger: recordingLogger(),
    metrics: createMetrics(),
    flushIntervalMilliseconds: 50,
    maxRows: 10,
    maxBufferedRows: 2,
    maxLargeRows: 2,
    onChanges: () => undefined,
  });
  const sink = createStrictSink(writer);
  const add = () => sink.add(reply(newId('m', 0), 0));
  t.equal(add(), true);
  await writer.flush();
  away = true;
  t.equal(add(), true, 'nothing has failed yet');
  await t.rejects(writer.flush());
  t.equal(add(), false, 'it waits, and may be lost');
  t.equal(add(), false, 'it was dropped');
  away = false;
  await writer.flush();
  t.equal(add(), true);
  await writer.close();
});
