/** What a span says beside its name and times. */
export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span whose stages are its children. Times are readings of the clock's `monotonic`, in milliseconds. */
export interface Trace {
  /** 16 and 8 bytes in hexadecimal, as a log line names them. */
  readonly traceId: string;
  readonly spanId: string;
  /** Adds to what the span says. */
  describe(attributes: TraceAttributes): void;
  /** A child span of a stage that has ended. */
  stage(name: string, from: number, to: number, attributes?: TraceAttributes): void;
}

/** The span of one HTTP request. */
export interface RequestTrace extends Trace {
  /** Tells whoever goes on with what the request asked for which span that was; the text of a header `traceparent`. */
  readonly traceParent: string;
  /** Ends the span; `status` is the HTTP status of the reply. */
  end(status: number): void;
}

/** The span of one run of a job. */
export interface JobTrace extends Trace {
  /** Ends the span; `fault` says in words what went wrong, null where nothing did. */
  end(fault: string | null): void;
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

/** A job as a run of it begins. */
export interface TracedJob {
  /** What it does, never for whom: names of spans are few. */
  readonly name: string;
  /** Milliseconds since it was asked for: its span begins then. */
  readonly waited: number;
  /** The `traceParent` of the request that asked for it, which is linked to; null without. */
  readonly askedBy: string | null;
  readonly attributes: TraceAttributes;
}

export interface Tracing {
  /** Null where the request is not traced, since nothing is or since it was not sampled. */
  begin(request: TracedRequest): RequestTrace | null;
  /** A trace of its own for a run of a job; null as above. */
  beginJob(job: TracedJob): JobTrace | null;
  /** Sends what waits, as far as that is possible in a few seconds; never rejects. */
  close(): Promise<void>;
}

/** Where nothing is traced. */
export const NO_TRACING: Tracing = { begin: () => null, beginJob: () => null, close: async () => undefined };
