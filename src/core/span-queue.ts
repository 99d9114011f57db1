import { TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Metrics } from './metrics.js';

/** Spans that may wait to be sent; more are dropped. */
const MAX_QUEUE_SPANS = 2_048;
const MAX_BATCH_SPANS = 512;

/** Spans wait here, at most 2,048 of them, and go out in batches; how many wait and what became of the others is counted. */
export function countedProcessor(exporter: SpanExporter, { traceSpans, traceQueueSpans }: Pick<Metrics, 'traceSpans' | 'traceQueueSpans'>): SpanProcessor {
  let waiting = 0;
  const changed = (by: number): void => traceQueueSpans.set((waiting += by));
  const counting: SpanExporter = {
    export(spans: ReadableSpan[], done) {
      changed(-spans.length);
      exporter.export(spans, (result) => {
        traceSpans.inc({ result: result.code === ExportResultCode.SUCCESS ? 'sent' : 'failed' }, spans.length);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
  const queue = new BatchSpanProcessor(counting, { maxQueueSize: MAX_QUEUE_SPANS, maxExportBatchSize: MAX_BATCH_SPANS });
  return {
    onStart: (span, context) => queue.onStart(span, context),
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (waiting >= MAX_QUEUE_SPANS) return traceSpans.inc({ result: 'dropped' });
      changed(1);
      queue.onEnd(span);
    },
    forceFlush: () => queue.forceFlush(),
    shutdown: () => queue.shutdown(),
  };
}
