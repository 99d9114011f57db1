import { createServer, type IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { listenOnLoopback } from './http-loopback.js';
import type { Teardown } from './teardown.js';

/** The part of OTLP that the tests read. */
const SCHEMA = `
syntax = "proto3";
message Request { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; string version = 2; }
message Span {
  bytes traceId = 1; bytes spanId = 2; bytes parentSpanId = 4; string name = 5; int32 kind = 6;
  fixed64 startTimeUnixNano = 7; fixed64 endTimeUnixNano = 8; repeated KeyValue attributes = 9; repeated Link links = 13; Status status = 15;
}
message Link { bytes traceId = 1; bytes spanId = 2; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4; } }
`;
const REQUEST = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Request');

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}

interface WireSpan {
  readonly traceId: string | Uint8Array;
  readonly spanId: string | Uint8Array;
  readonly parentSpanId?: string | Uint8Array;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly Pick<WireSpan, 'traceId' | 'spanId'>[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

interface WireRequest {
  readonly resourceSpans: readonly { readonly resource: { readonly attributes: readonly KeyValue[] }; readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly WireSpan[] }[] }[];
}

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parent: string;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly from: bigint;
  readonly to: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Of the status; empty without one. */
  readonly message: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** The first span of a trace, and those below it in the order in which they began. */
export interface CollectedTrace {
  readonly root: CollectedSpan;
  readonly stages: readonly CollectedSpan[];
}

export interface TraceCollector {
  readonly url: string;
  /** Content types and headers of the requests so far. */
  readonly requests: readonly { readonly path: string; readonly type: string; readonly headers: IncomingMessage['headers'] }[];
  /** All spans so far, as soon as they are `count` or more. */
  spans(count: number): Promise<readonly CollectedSpan[]>;
  /** The first span of this name, as soon as it is here. */
  span(name: string): Promise<CollectedSpan>;
  /** The traces whose first span has this name, as soon as they are `count` or more; the first span ends last, so each is whole. */
  traces(name: string, count: number): Promise<readonly CollectedTrace[]>;
}

const hex = (id: string | Uint8Array | undefined): string => (id === undefined ? '' : typeof id === 'string' ? id : Buffer.from(id).toString('hex'));
const attributesOf = (pairs: readonly KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, 'intValue' in value ? Number(value['intValue']) : Object.values(value)[0]]));

function collected({ resourceSpans }: WireRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: hex(span.traceId), spanId: hex(span.spanId), parent: hex(span.parentSpanId), name: span.name, kind: span.kind,
        from: BigInt(span.startTimeUnixNano), to: BigInt(span.endTimeUnixNano),
        attributes: attributesOf(span.attributes), status: span.status?.code ?? 0, message: span.status?.message ?? '',
        links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId: hex(traceId), spanId: hex(spanId) })), resource: attributesOf(resource.attributes),
      })),
    ),
  );
}

async function read(request: IncomingMessage): Promise<WireRequest> {
  if (request.headers['content-type'] === 'application/json') return JSON.parse(await text(request)) as WireRequest;
  return REQUEST.toObject(REQUEST.decode(await buffer(request)), { longs: String }) as WireRequest;
}

function tracesOf(spans: readonly CollectedSpan[], name: string): CollectedTrace[] {
  const roots = spans.filter((span) => span.parent === '' && span.name === name);
  const begun = (a: CollectedSpan, b: CollectedSpan) => (a.from === b.from ? Number(a.to - b.to) : Number(a.from - b.from));
  return roots.map((root) => ({ root, stages: spans.filter(({ parent }) => parent === root.spanId).sort(begun) }));
}

/** A collector of traces over HTTP, which understands both forms of OTLP. */
export async function startCollector(t: Teardown): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const requests: TraceCollector['requests'][number][] = [];
  let waiting: (() => void)[] = [];
  const server = createServer((request, reply) => {
    void read(request).then((wire) => {
      requests.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', headers: request.headers });
      spans.push(...collected(wire));
      reply.end();
      for (const resolve of waiting.splice(0)) resolve();
    });
  });
  const { url } = await listenOnLoopback(t, server);
  const more = () => new Promise<void>((resolve) => (waiting = [...waiting, resolve]));
  return {
    url,
    requests,
    async spans(count) {
      while (spans.length < count) await more();
      return spans;
    },
    async span(name) {
      for (;;) {
        const found = spans.find((span) => span.name === name);
        if (found !== undefined) return found;
        await more();
      }
    },
    async traces(name, count) {
      for (;;) {
        const found = tracesOf(spans, name);
        if (found.length >= count) return found;
        await more();
      }
    },
  };
}
