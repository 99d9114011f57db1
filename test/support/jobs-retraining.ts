import { createMetrics } from '../../src/core/metrics.js';
import { NO_TRACING, type Tracing } from '../../src/core/tracing.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { createCatalogueProfiles } from '../../src/jobs/catalogue-profiles.js';
import { createChampionFollower } from '../../src/jobs/champion-follower.js';
import type { Job, JobProgress } from '../../src/jobs/queue.js';
import { createRetrainHandler } from '../../src/jobs/retrain-handler.js';
import { createTrainingMarkTable } from '../../src/jobs/sqlite/training-mark-table.js';
import type { TrainingRunner, TrainingRunOptions } from '../../src/jobs/training-runner.js';
import type { LabelFreeResult, TrainingTask } from '../../src/jobs/training-task.js';
import { createDirectLedger, inThisThread } from '../../src/ledger/sqlite/direct-ledger.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { temporaryDatabase } from './jobs-database.js';
import { catalogueOf, loadedModel } from './jobs-model.js';
import { KEY, labelItem, newId, reply } from './jobs-predictions.js';
import { recordingSwapper } from './jobs-swapper.js';
import { ManualClock } from './manual-clock.js';
import { recordingLogger } from './recording-logger.js';
import type { Teardown } from './teardown.js';

/** A label-free meta-model as it would come from the child process. */
export const labelFree = (reason: string, unlabelledRows = 300): LabelFreeResult => ({
  onnx: Uint8Array.from([...reason].map((letter) => letter.charCodeAt(0))), reason, training: { rows: 0, failures: 0, from: 1_000, to: 2_000, seed: 1, unlabelledRows },
});
/** Settings with which one is wanted. */
export const WANTED = { min_unlabelled_rows: 200 };

interface Openings {
  readonly retraining?: Partial<LoadedModel['config']['retraining']>;
  readonly clock?: ManualClock;
  readonly tracing?: Tracing;
}

/** The handler of retrainings on a real ledger and registry; what its training process would do is the test's affair. */
export function openRetraining(t: Teardown, { retraining = {}, clock = new ManualClock(), tracing = NO_TRACING }: Openings = {}) {
  const { db, dispose } = temporaryDatabase();
  t.teardown(dispose);
  const metrics = createMetrics();
  const ledger = createDirectLedger(db);
  const registry = createDirectMetaRegistry(db);
  const marks = inThisThread(createTrainingMarkTable(db));
  const swapper = recordingSwapper();
  const champions = createChampionFollower(registry, swapper);
  const tasks: TrainingTask[] = [];
  const runner: TrainingRunner = {
    async run(task, options) {
      tasks.push(task);
      clock.advance(2_000);
      await starting();
      const labelSequence = await ledger.labelSequence(KEY);
      return { ...(await train(options)), labelSequence };
    },
  };
  let train: (options: TrainingRunOptions) => ReturnType<TrainingRunner['run']> = () => Promise.reject(new Error('not set'));
  /** What happens between the beginning of the job and the moment at which the training process reads. */
  let starting: () => Promise<void> = () => Promise.resolve();
  const whileStarting = (action: typeof starting) => void (starting = action);
  let flushes = 0;
  const beforeReading = async () => void (flushes += 1);
  const profiles = createCatalogueProfiles(catalogueOf([loadedModel({ retraining })]));
  const logger = recordingLogger();
  const handler = createRetrainHandler({
    store: { kind: 'sqlite', dataDir: '/data' }, profiles, ledger, beforeReading, registry, champions, marks, runner, clock, metrics, tracing, logger,
  });
  const progress: JobProgress[] = [];
  const controller = new AbortController();
  const run = (behaviour: typeof train, trigger = 'manual', model = 'm', asked: Partial<Job> = {}) => {
    train = behaviour;
    const job: Job = {
      id: 'job_1', type: 'retrain', model, version: 1, state: 'active', trigger, requestId: null, traceParent: null,
      progress: null, result: null, error: null, createdAt: clock.now(), startedAt: clock.now(), endedAt: null, ...asked,
    };
    return handler(job, { signal: controller.signal, progress: (step) => progress.push(step) });
  };
  const label = async (count: number) => {
    const id = newId('m', clock.now());
    await ledger.append(reply(id, clock.now(), count));
    await ledger.record(Array.from({ length: count }, (_, row) => labelItem(id, row, 'a', clock.now())));
  };
  const predict = async (count: number) => {
    clock.advance(1_000);
    await ledger.append(reply(newId('m', clock.now()), clock.now(), count));
    clock.advance(1_000);
  };
  const results = async () => {
    const { values } = await metrics.retrainings.get();
    return Object.fromEntries(values.filter(({ value }) => value > 0).map(({ labels, value }) => [String(labels.result), value]));
  };
  return { clock, logger, metrics, registry, marks, swapper, tasks, progress, controller, run, label, predict, whileStarting, results, flushes: () => flushes };
}
