import { join } from 'node:path';
import { createLogger } from '../../../src/core/logger.js';
import { createMetrics } from '../../../src/core/metrics.js';
import { createThreadPool } from '../../../src/engine/pool.js';
import type { ModelSettings } from '../../../src/inference/config/folder-reader.js';
import { MODEL_FILE_NAME, readModelSettings } from '../../../src/inference/config/folder-reader.js';
import type { LoadedModel } from '../../../src/inference/contracts.js';
import { MODEL_FILE } from '../../../src/inference/repository/folder-scan.js';
import { loadVersion } from '../../../src/inference/repository/version-loader.js';
import { OwnFault } from './own-fault.js';

/** Rows of one run, where the model takes several. */
export const ROWS_A_RUN = 500;
// The compiled file is dist/bench/quality/own/, the thread dist/src/entries/.
const THREAD = new URL('../../../src/entries/engine-thread.js', import.meta.url);

/** The settings of the folder, for runs of many rows in one thread. */
async function settingsOf(folder: string): Promise<ModelSettings> {
  const settings = await readModelSettings(folder);
  if (settings.source === 'external') throw new OwnFault(MODEL_FILE_NAME, 'source', `external: expected a model that runs here, as ${MODEL_FILE}`);
  return { ...settings, instances: 1, intra_op_threads: 1, batching: { ...settings.batching, max_rows: ROWS_A_RUN } };
}

/** A classifier as the service loads it. */
export interface OwnModel {
  readonly loaded: LoadedModel;
  /** Names of the classes by index. */
  readonly classes: readonly string[];
  /** How its scores stand in its output. */
  readonly scores: NonNullable<LoadedModel['config']['scores']>;
}

function classifierOf(loaded: LoadedModel): OwnModel {
  const { task, scores, labels } = loaded.config;
  if (scores === null || labels === null) {
    const assumed = loaded.assumptions.filter((assumption) => /^(task|scores)/.test(assumption)).join(' ');
    throw new OwnFault(MODEL_FILE, 'task', `expected a classifier with a score for each class, got ${task}. ${assumed} metaerr.yaml can say otherwise.`);
  }
  return { loaded, classes: labels, scores };
}

/**
 * Loads `model.onnx` with the `metaerr.yaml` beside it as the service does, in a thread of its own. Rejects as the loader of the service
 * does where that would refuse it, with an OwnFault where it is no classifier. `loaded.pool.close` releases it.
 */
export async function openOwnModel(folder: string): Promise<OwnModel> {
  const settings = await settingsOf(folder);
  const found = { version: 1, file: join(folder, MODEL_FILE) };
  // What goes wrong is in the error: nobody reads a log here.
  const ports = { poolFactory: createThreadPool({ threadUrl: THREAD }), logger: createLogger('silent'), metrics: createMetrics() };
  const loaded = await loadVersion({ name: 'own', tag: 'OWNOWN', settings, found }, ports);
  try {
    return classifierOf(loaded);
  } catch (error) {
    await loaded.pool.close();
    throw error;
  }
}
