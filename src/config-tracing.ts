import { Type, type Static, type TObject } from 'typebox';

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;

/** OpenTelemetry's own names, so that what sets them for other services sets them for this one. */
export const TRACING_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ description: 'OpenTelemetry collector (`http://collector:4318`) that traces of requests and retrainings are sent to, at `/v1/traces`; see docs/tracing.md. Without it nothing is traced.' })),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Type.Optional(Type.String({ description: 'The same as a whole URL with its path; goes before OTEL_EXPORTER_OTLP_ENDPOINT.' })),
  OTEL_EXPORTER_OTLP_PROTOCOL: Type.Union(PROTOCOLS.map((protocol) => Type.Literal(protocol)), { default: 'http/protobuf', description: `How the collector is spoken to: ${PROTOCOLS.join(', ')}.` }),
  OTEL_SERVICE_NAME: Type.String({ default: 'metaerr', minLength: 1, description: 'Name of the service in traces.' }),
  OTEL_SDK_DISABLED: Type.Boolean({ default: false, description: 'Whether nothing is traced in spite of an endpoint.' }),
};

type TracingSettings = Static<TObject<typeof TRACING_SETTINGS>>;

export interface TracingConfig {
  readonly url: string;
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly serviceName: string;
}

/** What the schema cannot say of an endpoint. */
export function endpointFaults(own: Readonly<Record<string, unknown>>): string[] {
  return (['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const).flatMap((name) => {
    const text = own[name];
    if (typeof text !== 'string') return [];
    // Not quoted: an endpoint may hold a password.
    return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? [] : [`${name} is not a URL that begins with http:// or https://`];
  });
}

/** Null where nothing is traced. */
export function tracingConfig(own: TracingSettings): TracingConfig | null {
  const base = own.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = own.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? null : `${base.replace(/\/$/, '')}/v1/traces`);
  return url === null || own.OTEL_SDK_DISABLED ? null : { url, protocol: own.OTEL_EXPORTER_OTLP_PROTOCOL, serviceName: own.OTEL_SERVICE_NAME };
}
