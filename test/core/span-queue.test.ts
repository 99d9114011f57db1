import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import t from 'tap';
import { createMetrics } from '../../src/core/metrics.js';
import { countedProcessor } from '../../src/core/span-queue.js';

t.test('spans that wait are bounded, and every one is counted once', async (t) => {
  const metrics = createMetrics();
  const taken: { readonly spans: number; readonly done: (result: ExportResult) => void }[] = [];
  const exporter = { export: (spans: ReadableSpan[], done: (result: ExportResult) => void) => void taken.push({ spans: spans.length, done }), shutdown: async () => undefined };
  const provider = new BasicTracerProvider({ spanProcessors: [countedProcessor(exporter, metrics)] });
  const tracer = provider.getTracer('test');
  const counts = async () => Object.fromEntries((await metrics.traceSpans.get()).values.map(({ labels, value }) => [String(labels.result), value]));
  const waiting = async (): Promise<unknown> => (await metrics.traceQueueSpans.get()).values[0]?.value;

  for (let i = 0; i < 4_000; i++) tracer.startSpan('s').end();
  t.same(taken.map(({ spans }) => spans), [512], 'the first batch is on its way and not answered');
  t.equal(await waiting(), 2_048);
  t.same(await counts(), { dropped: 4_000 - 512 - 2_048 });

  taken[0]?.done({ code: ExportResultCode.FAILED });
  const closing = provider.shutdown();
  while (taken.reduce((sum, { spans }) => sum + spans, 0) < 512 + 2_048) await new Promise(setImmediate);
  for (const { done } of taken.slice(1)) done({ code: ExportResultCode.SUCCESS });
  await closing;
  t.equal(await waiting(), 0);
  t.same(await counts(), { dropped: 1_440, failed: 512, sent: 2_048 });
});
