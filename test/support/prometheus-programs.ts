import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
  readonly amtool: string;
}

let found: Promise<PrometheusPrograms> | null = null;

/** The programs of this machine, found or fetched by scripts/prometheus.mjs. */
export function prometheusPrograms(): Promise<PrometheusPrograms> {
  found ??= promisify(execFile)(process.execPath, ['scripts/prometheus.mjs']).then(({ stdout }) => JSON.parse(stdout) as PrometheusPrograms);
  return found;
}

/** What a program prints on both streams, and its exit code. */
export function outcomeOf(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }));
  });
}
