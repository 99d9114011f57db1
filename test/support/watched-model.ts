import type { Test } from 'tap';
import { modelTag, predictionIdFactory } from '../../src/core/ids.js';
import { createMetrics } from '../../src/core/metrics.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { createDirectLedger } from '../../src/ledger/sqlite/direct-ledger.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { temporaryDatabase } from './jobs-database.js';
import { loadedModel } from './jobs-model.js';
import { ManualClock } from './manual-clock.js';
import { recordingLogger } from './recording-logger.js';
import { log, type Answer } from './report-ledger.js';

const nextId = predictionIdFactory();

/** What a watch over one loaded model looks at: a real ledger, whose readings of labelled rows are counted, and a registry. */
export function openWatched(t: Test, changes: Parameters<typeof loadedModel>[0]) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const clock = new ManualClock();
  const stored = createDirectLedger(db);
  const model: { -readonly [K in keyof LoadedModel]: LoadedModel[K] } = { ...loadedModel(changes) };
  let reads = 0;
  const ledger: typeof stored = { ...stored, labelled: (query) => ((reads += 1), stored.labelled(query)) };
  /** Writes a reply with its ground truths and returns its id. */
  const write = async (answers: readonly Answer[]) => {
    const id = nextId(modelTag(model.key.model), clock.now());
    await log(stored, id, answers, model.key);
    return id;
  };
  return { db, clock, logger: recordingLogger(), metrics: createMetrics(), stored, ledger, registry: createDirectMetaRegistry(db), model, write, reads: () => reads };
}
