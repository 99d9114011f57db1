import { ROOT_CONTEXT, SpanStatusCode, trace as traces, type Context, type Span, type Tracer } from '@opentelemetry/api';
import type { Clock } from './clock.js';
import type { JobTrace, RequestTrace, Trace, TraceAttributes } from './tracing.js';

/** Milliseconds since 1970 of a reading of the monotonic clock. One offset a trace: its spans fit each other, whatever becomes of the wall clock meanwhile. */
export type WallTime = (monotonic: number) => number;

/** What a span and its stages need. */
export interface OtlpTraceParts {
  readonly tracer: Tracer;
  readonly span: Span;
  readonly clock: Clock;
  readonly wall: WallTime;
}

class OtlpTrace implements Trace {
  readonly traceId: string;
  readonly spanId: string;
  protected readonly span: Span;
  readonly #tracer: Tracer;
  readonly #context: Context;
  readonly #clock: Clock;
  readonly #wall: WallTime;

  constructor({ tracer, span, clock, wall }: OtlpTraceParts) {
    const { traceId, spanId } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.span = span;
    this.#tracer = tracer;
    this.#context = traces.setSpan(ROOT_CONTEXT, span);
    this.#clock = clock;
    this.#wall = wall;
  }

  describe(attributes: TraceAttributes): void {
    this.span.setAttributes(attributes);
  }

  stage(name: string, from: number, to: number, attributes: TraceAttributes = {}): void {
    this.#tracer.startSpan(name, { startTime: this.#wall(from), attributes }, this.#context).end(this.#wall(to));
  }

  protected endNow(): void {
    this.span.end(this.#wall(this.#clock.monotonic()));
  }
}

export class OtlpRequestTrace extends OtlpTrace implements RequestTrace {
  /** What is not sampled has no trace here, so the last byte says that it is. */
  get traceParent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  end(status: number): void {
    this.span.setAttribute('http.response.status_code', status);
    // A refusal is the client's; OpenTelemetry's conventions for servers call an error what is the server's.
    if (status >= 500) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.endNow();
  }
}

export class OtlpJobTrace extends OtlpTrace implements JobTrace {
  end(fault: string | null): void {
    if (fault !== null) this.span.setStatus({ code: SpanStatusCode.ERROR, message: fault });
    this.endNow();
  }
}
