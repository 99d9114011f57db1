import { diag, defaultTextMapGetter, DiagLogLevel, ROOT_CONTEXT, SpanKind, trace as traces, type Context, type Link, type SpanOptions, type Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { Clock } from './clock.js';
import { inTime } from './in-time.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { OtlpJobTrace, OtlpRequestTrace, type OtlpTraceParts, type WallTime } from './otlp-trace.js';
import { countedProcessor } from './span-queue.js';
import type { JobTrace, RequestTrace, TracedJob, TracedRequest, Tracing } from './tracing.js';

export interface OtlpOptions {
  /** Where the traces go, with its path. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly serviceName: string;
  readonly release: string;
}

export interface OtlpPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'traceSpans' | 'traceQueueSpans'>;
}

const CLOSING_MILLISECONDS = 3_000;
const PROPAGATOR = new W3CTraceContextPropagator();

class OtlpTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #clock: Clock;

  constructor(provider: BasicTracerProvider, release: string, clock: Clock) {
    this.#provider = provider;
    this.#tracer = provider.getTracer('metaerr', release);
    this.#clock = clock;
  }

  begin({ method, route, path, id, headers }: TracedRequest): RequestTrace | null {
    const parent = PROPAGATOR.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.path': path, 'metaerr.request_id': id };
    const parts = this.#start(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    return parts === null ? null : new OtlpRequestTrace(parts);
  }

  beginJob({ name, waited, askedBy, attributes }: TracedJob): JobTrace | null {
    const parts = this.#start(name, { kind: SpanKind.CONSUMER, attributes, links: linksTo(askedBy) }, ROOT_CONTEXT, waited);
    return parts === null ? null : new OtlpJobTrace(parts);
  }

  /** A span that began so many milliseconds ago; null where it is not sampled. */
  #start(name: string, options: SpanOptions, parent: Context, ago = 0): OtlpTraceParts | null {
    const [clock, tracer] = [this.#clock, this.#tracer];
    const started = clock.monotonic();
    const offset = clock.now() - started;
    const wall: WallTime = (monotonic) => offset + monotonic;
    const span = tracer.startSpan(name, { ...options, startTime: wall(started - ago) }, parent);
    return span.isRecording() ? { tracer, span, clock, wall } : null;
  }

  async close(): Promise<void> {
    await inTime(this.#provider.shutdown(), this.#clock, CLOSING_MILLISECONDS);
  }
}

/** Nothing where the text names no span. */
function linksTo(traceParent: string | null): Link[] {
  const context = traces.getSpanContext(PROPAGATOR.extract(ROOT_CONTEXT, { traceparent: traceParent ?? '' }, defaultTextMapGetter));
  return context === undefined ? [] : [{ context }];
}

/**
 * Traces requests and jobs, and sends the spans to an OpenTelemetry collector (OTLP over HTTP), in batches off the request path. What is not said here the SDK
 * reads from the environment by its own names: sampler, headers, time-out, compression, resource attributes.
 */
export function createOtlpTracing({ url, protocol, serviceName, release }: OtlpOptions, { clock, logger, metrics }: OtlpPorts): Tracing {
  const warn = (message: string): void => logger.warn({ err: message }, 'traces could not be sent');
  diag.setLogger({ error: warn, warn, info: () => undefined, debug: () => undefined, verbose: () => undefined }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = protocol === 'http/json' ? new JsonExporter({ url }) : new ProtobufExporter({ url });
  const resource = defaultResource().merge(detectResources({ detectors: [envDetector] })).merge(resourceFromAttributes({ 'service.name': serviceName, 'service.version': release }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [countedProcessor(exporter, metrics)] });
  return new OtlpTracing(provider, release, clock);
}
