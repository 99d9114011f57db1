import { modelTag } from '../../src/core/ids.js';
import { MetaErrError } from '../../src/core/errors.js';
import type { LoadedModel, ModelCatalogue, ModelConfig, ModelView } from '../../src/inference/contracts.js';
import type { ModelKey } from '../../src/ledger/ledger.js';

export const LABELS = ['a', 'b', 'c'];

type Changes = {
  readonly key?: Partial<ModelKey>;
  readonly retraining?: Partial<ModelConfig['retraining']>;
  readonly retention?: Partial<ModelConfig['retention']>;
  readonly risk_policy?: ModelConfig['risk_policy'];
};

/** A loaded classifier of three classes with six input features, as far as the jobs look at it. */
export function loadedModel({ key = {}, retraining = {}, retention = {}, risk_policy = null }: Changes = {}): LoadedModel {
  const config = {
    task: 'classification',
    labels: LABELS,
    review_threshold: 0.5,
    audit_share: 0,
    labelling: 'any',
    risk_policy,
    retraining: {
      automatic: true,
      new_ground_truths: 10,
      growth: 0.5,
      schedule: null,
      max_rows: 30_000,
      max_stored_rows: 10_000,
      max_unlabelled_rows: 5_000,
      min_unlabelled_rows: 0,
      timeout_seconds: 60,
      seed: 1,
      label_maturity_seconds: 0,
      ...retraining,
    },
    retention: { days: 30, max_rows: 1_000_000, inputs_days: 7, pending_days: 3, ...retention },
  };
  const model = key.model ?? 'm';
  const layout = { inputs: [], inputWidth: 6, behaviour: { kind: 'classes', classes: 3 }, width: 9, schema: 'schema-1' };
  // Sessions and signatures belong to floors that the jobs do not touch.
  return { key: { version: 1, digest: 'digest', ...key, model }, tag: modelTag(model), config, features: { layout }, behaviourOnly: null, meta: null } as unknown as LoadedModel;
}

/** A catalogue of loaded models, and of names that are known but could not be loaded. */
export function catalogueOf(models: readonly LoadedModel[], unavailable: readonly string[] = []): ModelCatalogue {
  const views: ModelView[] = [
    ...models.map((loaded): ModelView => ({ name: loaded.key.model, version: loaded.key.version, state: 'ready', reason: null, loaded })),
    ...unavailable.map((name): ModelView => ({ name, version: 1, state: 'unavailable', reason: 'broken', loaded: null })),
  ];
  const get = (name: string, version: number | null = null): ModelView => {
    const named = views.filter((view) => view.name === name);
    if (named.length === 0) throw new MetaErrError('MODEL_NOT_FOUND', `no model '${name}'`);
    const view = named.find((candidate) => version === null || candidate.version === version);
    if (view === undefined) throw new MetaErrError('VERSION_NOT_FOUND', `no version ${version}`);
    return view;
  };
  const loaded = (name: string, version: number | null = null): LoadedModel => {
    const view = get(name, version);
    if (view.loaded === null) throw new MetaErrError('MODEL_UNAVAILABLE', 'broken');
    return view.loaded;
  };
  return {
    list: () => views,
    get,
    loaded,
    lease: (name, version) => ({ model: loaded(name, version), release: () => undefined }),
    byTag: (tag) => views.find((view) => modelTag(view.name) === tag) ?? null,
    ready: true,
  };
}
