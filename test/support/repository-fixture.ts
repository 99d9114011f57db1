import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../src/core/clock.js';
import { createMetrics } from '../../src/core/metrics.js';
import { createThreadPool } from '../../src/engine/pool.js';
import { createModelRepository, type ModelRepositoryOptions } from '../../src/inference/repository/model-repository.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { temporaryDatabase } from './jobs-database.js';
import { ManualClock } from './manual-clock.js';
import { recordingLogger } from './recording-logger.js';
import { countedPools } from './repository-pools.js';
import type { Teardown } from './teardown.js';

export const SKLEARN = new URL('../../../test/fixtures/sklearn/', import.meta.url);
export const ENGINE_THREAD = new URL('../../src/entries/engine-thread.js', import.meta.url);

/** Files of a model repository: path under the folder to bytes or text. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** A folder with these files that is deleted at the end of the test. */
export async function temporaryFolder(t: Teardown, files: Files = {}): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'metaerr-repository-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await writeFiles(directory, files);
  return directory;
}

/** A repository of these files on real engine threads and a real SQLite registry; nothing is loaded yet. */
export async function startRepository(t: Teardown, files: Files, options: Partial<ModelRepositoryOptions> & { readonly clock?: Clock } = {}) {
  const directory = await temporaryFolder(t, files);
  const { db, dispose } = temporaryDatabase();
  const registry = createDirectMetaRegistry(db);
  const logger = recordingLogger();
  const metrics = createMetrics();
  const clock = new ManualClock();
  const pools = countedPools(createThreadPool({ threadUrl: ENGINE_THREAD }));
  const repository = createModelRepository({ directory, poolFactory: pools.poolFactory, registry, logger, metrics, clock, ...options });
  t.teardown(async () => {
    await repository.close();
    dispose();
  });
  return { directory, repository, registry, logger, metrics, clock, pools, catalogue: repository.catalogue };
}
