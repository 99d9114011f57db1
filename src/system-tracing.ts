import type { TracingConfig } from './config-tracing.js';
import type { OtlpPorts } from './core/otlp-tracing.js';
import { NO_TRACING, type Tracing } from './core/tracing.js';
import { RELEASE } from './system-release.js';

/** OpenTelemetry is loaded where something is traced only. */
export async function openTracing(config: TracingConfig | null, ports: OtlpPorts): Promise<Tracing> {
  if (config === null) return NO_TRACING;
  const { createOtlpTracing } = await import('./core/otlp-tracing.js');
  return createOtlpTracing({ ...config, release: RELEASE }, ports);
}
