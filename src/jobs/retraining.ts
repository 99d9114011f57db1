import type { Clock } from '../core/clock.js';
import { MetaErrError } from '../core/errors.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import type { LedgerWriter } from '../ledger/writer.js';
import type { MetaModelRecord, MetaModelRegistry } from '../meta/registry.js';
import type { ChampionFollower } from './champion-follower.js';
import type { RetrainingUseCase } from './contracts.js';
import type { JobQueue } from './queue.js';

export interface RetrainingOptions {
  readonly catalogue: ModelCatalogue;
  readonly writer: Pick<LedgerWriter, 'flush'>;
  readonly queue: Pick<JobQueue, 'enqueue'>;
  readonly registry: MetaModelRegistry;
  readonly champions: ChampionFollower;
  readonly clock: Clock;
}

/** Retraining and promotion by hand. */
export function createRetraining(options: RetrainingOptions): RetrainingUseCase {
  const { catalogue, writer, queue, registry } = options;
  return {
    async retrain(model, { requestId, traceParent }) {
      const { version } = catalogue.loaded(model).key;
      await writer.flush();
      return queue.enqueue({ type: 'retrain', model, version, trigger: 'manual', requestId, traceParent });
    },
    async metaModels(model) {
      catalogue.get(model);
      return registry.list(model);
    },
    async promote(model, metaVersion) {
      catalogue.get(model);
      const record = await stored(registry, model, metaVersion);
      const loaded = catalogue.loaded(model, record.key.version);
      checkFits(record, loaded);
      await makeChampion(options, record);
      await options.champions.follow(record.key);
      return stored(registry, model, metaVersion);
    },
  };
}

async function stored(registry: MetaModelRegistry, model: string, metaVersion: number): Promise<MetaModelRecord> {
  const record = await registry.get(model, metaVersion);
  if (record === null) throw new MetaErrError('META_MODEL_NOT_FOUND', `model '${model}' has no meta-model ${metaVersion}`);
  return record;
}

function checkFits(record: MetaModelRecord, loaded: LoadedModel): void {
  const name = `meta-model ${record.version} of model '${record.key.model}'`;
  if (record.key.digest !== loaded.key.digest) {
    throw unfit(`${name} was trained on the failures of another file of version ${record.key.version} than the one that is loaded`);
  }
  if (record.featureSchema !== loaded.features.layout.schema) {
    throw unfit(`${name} reads features of schema ${record.featureSchema}; the loaded model has schema ${loaded.features.layout.schema}`);
  }
}

function unfit(message: string): MetaErrError {
  return new MetaErrError('INVALID_REQUEST', message, { field: 'version' });
}

async function makeChampion({ registry, clock }: RetrainingOptions, record: MetaModelRecord): Promise<void> {
  const champion = await registry.champion(record.key);
  if (champion?.version === record.version) return;
  const promoted = await registry.promote(record.key, record.version, champion?.version ?? null, clock.now());
  if (!promoted) {
    throw new MetaErrError('PROMOTION_CONFLICT', `meta-model ${record.version} of model '${record.key.model}' was not promoted: another promotion came first`);
  }
}
