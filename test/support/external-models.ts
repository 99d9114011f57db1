import type { Test } from 'tap';
import { createMetrics } from '../../src/core/metrics.js';
import { createThreadPool } from '../../src/engine/pool.js';
import { parseModelFile } from '../../src/inference/config/file-parser.js';
import type { ModelSettings } from '../../src/inference/config/folder-reader.js';
import { loadExternalVersion } from '../../src/inference/external/load-external.js';
import type { LoadedVersion } from '../../src/inference/repository/loaded-version.js';
import { recordingLogger } from './recording-logger.js';

const THREAD_URL = new URL('../../src/entries/engine-thread.js', import.meta.url);

/** Settings of a metaerr.yaml; throws its faults. */
export function settingsOf(yaml: string): ModelSettings {
  const { file, faults } = parseModelFile(yaml);
  if (file === null) throw new Error(faults.join('; '));
  return { ...file, labels: Array.isArray(file.labels) ? file.labels.map(String) : null };
}

/** Loads what `source: external` and these lines declare, on real engine threads that end with the test. */
export async function loadExternal(t: Test, yaml: string): Promise<LoadedVersion> {
  const poolFactory = createThreadPool({ threadUrl: THREAD_URL });
  const ports = { poolFactory, logger: recordingLogger(), metrics: createMetrics() };
  const loaded = await loadExternalVersion({ name: 'm', tag: 'ABCDEF', settings: settingsOf(`source: external\n${yaml}`) }, ports);
  t.teardown(() => loaded.pool.close());
  return loaded;
}
