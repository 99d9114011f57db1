/** What a span says beside its name and times. */
export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

/** The span of one HTTP request. Times are readings of the clock's `monotonic`, in milliseconds. */
export interface RequestTrace {
  /** 16 and 8 bytes in hexadecimal, as a log line names them. */
  readonly traceId: string;
  readonly spanId: string;
  /** Adds to what the span says of the request. */
  describe(attributes: TraceAttributes): void;
  /** A child span of a stage that has ended. */
  stage(name: string, from: number, to: number, attributes?: TraceAttributes): void;
  /** Ends the span; `status` is the HTTP status of the reply. */
  end(status: number): void;
}

/** A request as its trace begins. */
export interface TracedRequest {
  readonly method: string;
  /** The route's pattern, never the path: names of spans are few. */
  readonly route: string;
  readonly path: string;
  readonly id: string;
  /** May carry the caller's trace (`traceparent`, `tracestate`). */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Tracing {
  /** Null where the request is not traced, since nothing is or since it was not sampled. */
  begin(request: TracedRequest): RequestTrace | null;
  /** Sends what waits, as far as that is possible in a few seconds; never rejects. */
  close(): Promise<void>;
}

/** Where nothing is traced. */
export const NO_TRACING: Tracing = { begin: () => null, close: async () => undefined };
