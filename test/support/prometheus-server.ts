import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { prometheusPrograms } from './prometheus-programs.js';
import { freePort } from './redis-server.js';
import { scaledRules, shortened } from './scaled-rules.js';
import type { Teardown } from './teardown.js';
import { within } from './within.js';

export interface PrometheusOptions {
  /** URLs of processes by the name of the job, such as `metaerr-server`. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** By how much time is shortened; 1 leaves it. */
  readonly factor: number;
}

export interface Sampled {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** A real Prometheus with the configuration and the rules that ship. */
export interface PrometheusServer {
  readonly url: string;
  /** The result of an instant query now; throws with Prometheus's own words where it is refused. */
  query(expression: string): Promise<readonly Sampled[]>;
  /** Those that are pending or firing. */
  alerts(): Promise<readonly ActiveAlert[]>;
}

const SHIPPED = 'deploy/prometheus';
/** How far back an instant query looks for a sample, without another setting. */
const LOOKBACK = '5m';
const PATIENCE_MILLISECONDS = 150_000;

/** What still runs when the test's process leaves goes with it. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts it on loopback; resolves when it has scraped every target. */
export async function startPrometheus(t: Teardown, options: PrometheusOptions): Promise<PrometheusServer> {
  const { prometheus } = await prometheusPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-prometheus-'));
  const port = await freePort();
  const args = [
    `--config.file=${writeConfiguration(folder, options)}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`,
    `--query.lookback-delta=${shortened(LOOKBACK, options.factor)}`, '--log.level=error',
  ];
  const child = spawn(prometheus, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = once(child, 'exit').then(() => running.delete(child));
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  const server = clientOf(`http://127.0.0.1:${port}`);
  const expected = Object.values(options.targets).flat().length;
  await within(PATIENCE_MILLISECONDS, async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
    return (await server.query('up == 1').catch(() => [])).length === expected;
  });
  return server;
}

/** The shipped configuration with these targets in the place of the discovered ones. */
function writeConfiguration(folder: string, { targets, factor }: PrometheusOptions): string {
  const { global, rule_files: rules } = parse(readFileSync(`${SHIPPED}/prometheus.yml`, 'utf8')) as { global: Record<string, string>; rule_files: string[] };
  for (const rule of rules) writeFileSync(join(folder, rule), scaledRules(readFileSync(`${SHIPPED}/${rule}`, 'utf8'), factor));
  const { scrape_timeout: _stays, ...intervals } = global;
  const scrape_configs = Object.entries(targets).map(([job, urls]) => ({ job_name: job, static_configs: [{ targets: urls.map((url) => new URL(url).host) }] }));
  const configuration = { global: Object.fromEntries(Object.entries(intervals).map(([name, each]) => [name, shortened(each, factor)])), rule_files: rules, scrape_configs };
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(configuration));
  return file;
}

function clientOf(url: string): PrometheusServer {
  const get = async <T>(path: string): Promise<T> => {
    const reply = await fetch(`${url}${path}`);
    const body = (await reply.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') throw new Error(body.error ?? `${path} answered ${reply.status}`);
    return body.data;
  };
  return {
    url,
    async query(expression) {
      const { resultType, result } = await get<{ resultType: string; result: unknown }>(`/api/v1/query?query=${encodeURIComponent(expression)}`);
      if (resultType === 'scalar') return [{ metric: {}, value: Number((result as [number, string])[1]) }];
      return (result as { metric: Record<string, string>; value: [number, string] }[]).map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
    async alerts() {
      return (await get<{ alerts: ActiveAlert[] }>('/api/v1/alerts')).alerts;
    },
  };
}
