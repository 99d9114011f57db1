// The traces of retrainings, as a collector gets them.
import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { createMetrics } from '../../src/core/metrics.js';
import { createOtlpTracing } from '../../src/core/otlp-tracing.js';
import { JobCancelled, JobInterrupted } from '../../src/jobs/abort.js';
import type { Job } from '../../src/jobs/queue.js';
import { challenger } from '../support/jobs-challenger.js';
import { openRetraining } from '../support/jobs-retraining.js';
import { ManualClock } from '../support/manual-clock.js';
import { recordingLogger } from '../support/recording-logger.js';
import { startCollector, type CollectedTrace } from '../support/trace-collector.js';

const [CONSUMER, ERROR] = [5, 2];
const REQUEST = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const ASKED: Partial<Job> = { requestId: 'mine', traceParent: `00-${REQUEST.traceId}-${REQUEST.spanId}-01` };

async function open(t: Test) {
  const clock = new ManualClock();
  const collector = await startCollector(t);
  const tracing = createOtlpTracing({ url: collector.url, protocol: 'http/protobuf', serviceName: 'metaerr', release: '0' }, { clock, logger: recordingLogger(), metrics: createMetrics() });
  const retraining = openRetraining(t, { clock, tracing });
  await retraining.label(6);
  const trace = async (): Promise<CollectedTrace> => {
    await tracing.close();
    const [first] = await collector.traces('retrain', 1);
    if (first === undefined) throw new Error('no trace');
    return first;
  };
  return { ...retraining, trace };
}

/** Name and seconds of each stage. */
const stagesOf = ({ stages }: CollectedTrace) => stages.map(({ name, from, to }) => [name, Number(to - from) / 1e9]);

t.test('its stages follow from its progress, and its time of waiting belongs to it', async (t) => {
  const { run, clock, logger, progress, trace } = await open(t);
  const createdAt = clock.now();
  clock.advance(5_000);
  const steps = [['reading', 1], ['reading unlabelled', 2], ['preparing', 1], ['training second opinion', 10], ['exporting', 1], ['evaluating', 3], ['refit: preparing', 2], ['refit: exporting', 7]] as const;
  await run(async (options) => {
    for (const [step, seconds] of steps) {
      options.progress({ step, done: 0, total: 1 });
      clock.advance(1_000 * seconds);
    }
    return challenger('promote', 'first', 6);
  }, 'manual', 'm', { ...ASKED, createdAt });
  t.same(progress.map(({ step }) => step), ['reading', ...steps.map(([step]) => step), 'promoting'], 'the job tells its progress as ever');
  const whole = await trace();
  t.match(whole.root, { parent: '', kind: CONSUMER, status: 0, links: [REQUEST] });
  t.not(whole.root.traceId, REQUEST.traceId, 'a trace of its own');
  t.same(whole.root.attributes, {
    'metaerr.model': 'm', 'metaerr.version': '1', 'metaerr.job_id': 'job_1', 'metaerr.trigger': 'manual', 'metaerr.request_id': 'mine',
    'metaerr.result': 'promoted', 'metaerr.rows': 6, 'metaerr.failures': 20, 'metaerr.meta_version': 1,
  });
  t.equal(whole.root.from, BigInt(createdAt) * 1_000_000n);
  // The training process takes two seconds to begin.
  t.same(stagesOf(whole), [['queue', 5], ['read', 5], ['fit', 12], ['judge', 3], ['fit', 9], ['promote', 0]]);
  for (const { traceId, status } of whole.stages) t.same([traceId, status], [whole.root.traceId, 0]);
  for (const { message, fields } of logger.lines) t.match(fields, { trace_id: whole.root.traceId, span_id: whole.root.spanId }, message);
});

t.test('one that has nothing to do', async (t) => {
  const { run, trace } = await open(t);
  await run(async () => challenger('keep', 'no'), 'unlabelled');
  const whole = await trace();
  t.same(stagesOf(whole), [['queue', 0], ['read', 0]]);
  t.match(whole.root, { status: 0, attributes: { 'metaerr.result': 'skipped', 'metaerr.trigger': 'unlabelled' }, links: [] });
  t.notOk('metaerr.request_id' in whole.root.attributes, 'no request has asked for it');
});

t.test('what went wrong is in the span of the job and in that of the stage', async (t) => {
  const away = new MetaErrError('LEDGER_UNAVAILABLE', 'Redis is away', { retryAfterSeconds: 2 });
  for (const [error, result, type] of [[new RangeError('a defect'), 'failed', 'RangeError'], [away, 'postponed', 'LEDGER_UNAVAILABLE']] as const) {
    const { run, trace } = await open(t);
    await t.rejects(run(async (options) => {
      options.progress({ step: 'training second opinion', done: 0, total: 1 });
      throw error;
    }), error);
    const whole = await trace();
    t.match(whole.root, { status: ERROR, message: error.message, attributes: { 'metaerr.result': result, 'error.type': type } });
    t.same(whole.stages.map(({ name, attributes }) => [name, attributes['error.type']]), [['queue', undefined], ['read', undefined], ['fit', error.message]]);
  }
});

t.test('to be stopped is no error', async (t) => {
  for (const [reason, result] of [[new JobCancelled(), 'cancelled'], [new JobInterrupted(), 'postponed']] as const) {
    const { run, controller, trace } = await open(t);
    await t.rejects(run(async () => {
      controller.abort(reason);
      throw reason;
    }), reason);
    const whole = await trace();
    t.same([whole.root.status, whole.root.attributes['metaerr.result'], whole.root.attributes['error.type']], [0, result, undefined]);
    t.same(whole.stages.map(({ attributes }) => attributes), [{}, {}]);
  }
});

t.test('clocks that differ, and a text that names no span', async (t) => {
  const { run, clock, trace } = await open(t);
  await run(async () => challenger('keep', 'no'), 'manual', 'm', { createdAt: clock.now() + 60_000, traceParent: 'nonsense' });
  const whole = await trace();
  t.same(stagesOf(whole)[0], ['queue', 0]);
  t.same(whole.root.links, []);
});
