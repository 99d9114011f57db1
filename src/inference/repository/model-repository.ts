import { messageOf } from '../../core/errors.js';
import { modelTag } from '../../core/ids.js';
import type { ModelKey } from '../../ledger/ledger.js';
import type { MetaModelSwapper, ModelCatalogue } from '../contracts.js';
import { createMetaModelSwapper } from '../swapper.js';
import { Catalogue } from './catalogue.js';
import { scanRepository } from './folder-scan.js';
import type { LoadedVersion } from './loaded-version.js';
import { ModelEntry } from './model-entry.js';
import { ModelLoader, type ModelLoaderPorts } from './model-loader.js';

/** Models that load at the same time: their weights are read and optimized beside each other. */
const PARALLEL_LOADS = 4;

/** The models of one folder. */
export interface ModelRepository {
  readonly catalogue: ModelCatalogue;
  readonly swapper: MetaModelSwapper;
  /** Lists the models of the folder, then loads them; resolves when each is ready or unavailable. Never rejects for a model. */
  loadAll(): Promise<void>;
  /** Loads one model again (or for the first time): the new version beside the old one, one swap, then the old one drains. */
  load(name: string): Promise<void>;
  /** Closes every pool after its runs, once the loads in progress have ended. */
  close(): Promise<void>;
}

export type ModelRepositoryOptions = ModelLoaderPorts;

function sameKey(left: ModelKey, right: ModelKey): boolean {
  return left.model === right.model && left.version === right.version && left.digest === right.digest;
}

class FolderRepository implements ModelRepository {
  readonly catalogue = new Catalogue();
  readonly swapper: MetaModelSwapper;
  readonly #options: ModelRepositoryOptions;
  readonly #loader: ModelLoader;
  /** The last load of each model, which the next one of that model waits for. */
  readonly #loads = new Map<string, Promise<void>>();
  #closing: Promise<void> | null = null;

  constructor(options: ModelRepositoryOptions) {
    this.#options = options;
    this.#loader = new ModelLoader(options);
    this.swapper = createMetaModelSwapper((key) => this.#find(key), options);
  }

  async loadAll(): Promise<void> {
    const names = [...(await this.#scan())];
    for (const name of names) this.#register(name);
    const waiting = [...names];
    const worker = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await this.load(name);
    };
    await Promise.all(Array.from({ length: PARALLEL_LOADS }, worker));
    this.catalogue.markReady();
  }

  load(name: string): Promise<void> {
    const entry = this.#register(name);
    const next = (this.#loads.get(name) ?? Promise.resolve()).then(() => this.#loadEntry(entry));
    this.#loads.set(name, next);
    return next;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = this.#loader.close();
    await Promise.all(this.#loads.values());
    await closed;
    await Promise.all(this.catalogue.entries().flatMap((entry) => entry.loaded?.pool.close() ?? []));
  }

  async #scan(): Promise<readonly string[]> {
    const { directory, logger } = this.#options;
    try {
      return await scanRepository(directory);
    } catch (error) {
      logger.warn({ directory, err: messageOf(error) }, 'model repository cannot be read, there are no models');
      return [];
    }
  }

  #register(name: string): ModelEntry {
    const known = this.catalogue.entry(name);
    if (known !== undefined) return known;
    const entry = new ModelEntry(name, modelTag(name));
    this.catalogue.add(entry);
    return entry;
  }

  async #loadEntry(entry: ModelEntry): Promise<void> {
    if (this.#closing !== null) return;
    const owner = this.catalogue.byTag(entry.tag)?.name;
    if (owner === entry.name) return this.#loader.load(entry);
    entry.fail(`the prediction ids of this name could not be told from those of model ${owner ?? ''}; rename one of the two`);
    this.#options.logger.error({ model: entry.name, other: owner }, 'two models have the same tag');
  }

  /** Also versions whose champion is still being restored, so that no promotion is lost. */
  #find(key: ModelKey): readonly LoadedVersion[] {
    const serving = this.catalogue.entry(key.model)?.loaded ?? null;
    return [...(serving === null ? [] : [serving]), ...this.#loader.restoring].filter((loaded) => sameKey(loaded.key, key));
  }
}

/**
 * The model repository in Triton's layout, `<directory>/<name>/<version>/model.onnx` with an optional `<name>/metaerr.yaml`.
 * Each model loads by itself; one that cannot be loaded is listed as unavailable with its reason.
 */
export function createModelRepository(options: ModelRepositoryOptions): ModelRepository {
  return new FolderRepository(options);
}
