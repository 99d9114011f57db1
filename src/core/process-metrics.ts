import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * The few metrics of the process that are cheap to read, under the names that Prometheus's own clients give them. The event loop's
 * busy time tells whether something else than parsing and replying runs on it.
 */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  counter('process_cpu_seconds_total', 'User and system CPU time of the process, in seconds.', cpuSeconds);
  counter('nodejs_eventloop_busy_seconds_total', 'Time in which the event loop of the main thread was busy, in seconds.', () => performance.eventLoopUtilization().active / 1_000);
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970-01-01 UTC.', () => Math.round(performance.timeOrigin / 1_000));
  gauge('nodejs_heap_size_used_bytes', 'Memory that lives in the heap of the main thread.', () => process.memoryUsage().heapUsed);
  gauge('nodejs_external_memory_bytes', 'Memory of buffers outside the heap of the main thread.', () => process.memoryUsage().external);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
