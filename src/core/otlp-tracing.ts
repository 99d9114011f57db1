import { diag, defaultTextMapGetter, DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as traces, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { Clock } from './clock.js';
import { inTime } from './in-time.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { countedProcessor } from './span-queue.js';
import type { RequestTrace, TraceAttributes, TracedRequest, Tracing } from './tracing.js';

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

/** Milliseconds since 1970 of a reading of the monotonic clock. One offset a request: its spans fit each other, whatever becomes of the wall clock meanwhile. */
type WallTime = (monotonic: number) => number;

class OtlpRequestTrace implements RequestTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  readonly #clock: Clock;
  readonly #wall: WallTime;

  constructor(tracer: Tracer, span: Span, clock: Clock, wall: WallTime) {
    const { traceId, spanId } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.#tracer = tracer;
    this.#span = span;
    this.#context = traces.setSpan(ROOT_CONTEXT, span);
    this.#clock = clock;
    this.#wall = wall;
  }

  describe(attributes: TraceAttributes): void {
    this.#span.setAttributes(attributes);
  }

  stage(name: string, from: number, to: number, attributes: TraceAttributes = {}): void {
    this.#tracer.startSpan(name, { startTime: this.#wall(from), attributes }, this.#context).end(this.#wall(to));
  }

  end(status: number): void {
    this.#span.setAttribute('http.response.status_code', status);
    // A refusal is the client's; OpenTelemetry's conventions for servers call an error what is the server's.
    if (status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end(this.#wall(this.#clock.monotonic()));
  }
}

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
    const started = this.#clock.monotonic();
    const offset = this.#clock.now() - started;
    const wall: WallTime = (monotonic) => offset + monotonic;
    const parent = PROPAGATOR.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.path': path, 'metaerr.request_id': id };
    const span = this.#tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, startTime: wall(started), attributes }, parent);
    return span.isRecording() ? new OtlpRequestTrace(this.#tracer, span, this.#clock, wall) : null;
  }

  async close(): Promise<void> {
    await inTime(this.#provider.shutdown(), this.#clock, CLOSING_MILLISECONDS);
  }
}

/**
 * Traces requests and sends the spans to an OpenTelemetry collector (OTLP over HTTP), in batches off the request path. What is not said here the SDK
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
