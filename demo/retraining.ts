import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, JobBody, MetaModelsBody } from './client.js';
import { Progress } from './progress.js';

const POLL_MILLISECONDS = 150;
const IN_SERVICE_MILLISECONDS = 30_000;

/** Follows a job to its end, with a progress bar of its steps. */
export async function followJob(client: Client, id: string): Promise<JobBody> {
  const bar = new Progress('retraining');
  for (;;) {
    const job = await client.get<JobBody>(`/v1/jobs/${id}`);
    if (job.progress !== null) bar.update(job.progress.done, job.progress.total, job.progress.step);
    if (job.state === 'completed' || job.state === 'failed' || job.state === 'cancelled') {
      bar.end(job.result?.reason ?? job.error ?? job.state);
      if (job.state === 'failed') throw new Error(`the retraining failed: ${job.error}`);
      return job;
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** Waits until every server has a meta-model in service; resolves with the milliseconds that it took. */
export async function everywhereInService(client: Client, model: string, version: number): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const servers = await client.everywhere<{ meta_version: number | null }>(`/v1/models/${model}`);
    if (servers.every(({ meta_version: serving }) => serving === version)) return performance.now() - begin;
    if (performance.now() - begin > IN_SERVICE_MILLISECONDS) throw new Error(`meta-model ${version} is not in service everywhere`);
    await sleep(5);
  }
}

/** The meta-models so far, oldest first. */
export async function metaModelHistory(client: Client, model: string): Promise<MetaModelsBody['meta_models']> {
  const { meta_models: models } = await client.get<MetaModelsBody>(`/v1/models/${model}/meta-models`);
  return [...models].reverse();
}
