import path from 'node:path';
import { MetaErrError, messageOf } from '../../core/errors.js';
import { modelTag } from '../../core/ids.js';
import type { ModelKey } from '../../ledger/ledger.js';
import type { MetaModelSwapper, ModelCatalogue, RepositoryEntry, RepositoryUseCase } from '../contracts.js';
import { createMetaModelSwapper } from '../swapper.js';
import { Catalogue } from './catalogue.js';
import { isFolder, nameFault, scanRepository } from './folder-scan.js';
import type { LoadedVersion } from './loaded-version.js';
import { ModelEntry } from './model-entry.js';
import { ModelLoader, type ModelLoaderPorts } from './model-loader.js';
import { ModelOperations, type OperationKind } from './model-operations.js';
import { indexRepository } from './repository-index.js';

/** Models that load at the same time: their weights are read and optimized beside each other. */
const PARALLEL_LOADS = 4;

/** The models of one folder. */
export interface ModelRepository extends RepositoryUseCase {
  readonly catalogue: ModelCatalogue;
  readonly swapper: MetaModelSwapper;
  /** Lists the models of the folder, then loads them; resolves when each is ready or unavailable. Never rejects for a model. */
  loadAll(): Promise<void>;
  /**
   * Closes every pool after its runs, once the loads in progress have ended. Requests are to be answered before: what is between two
   * runs is not waited for.
   */
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
  readonly #operations = new ModelOperations();
  #closing: Promise<void> | null = null;

  constructor(options: ModelRepositoryOptions) {
    this.#options = options;
    this.#loader = new ModelLoader(options);
    this.swapper = createMetaModelSwapper((key) => this.#find(key), options);
  }

  async loadAll(): Promise<void> {
    const waiting = (await this.#scan()).map((name) => this.#register(name));
    this.catalogue.markListed();
    const worker = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) await this.#loadAtStart(entry);
    };
    await Promise.all(Array.from({ length: PARALLEL_LOADS }, worker));
    this.catalogue.markReady();
  }

  async index(): Promise<readonly RepositoryEntry[]> {
    return indexRepository(this.#options.directory, await this.#scan(), this.catalogue.entries());
  }

  load(name: string): Promise<void> {
    return this.#requested(name, 'load', async () => {
      await this.#checkExists(name);
      await this.#loadEntry(this.#register(name));
    });
  }

  unload(name: string): Promise<void> {
    return this.#requested(name, 'unload', async () => {
      const entry = this.catalogue.entry(name);
      if (entry === undefined) await this.#checkExists(name);
      else await this.#loader.unload(entry);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = this.#loader.close();
    await this.#operations.settled();
    await closed;
    await Promise.all(this.catalogue.entries().flatMap((entry) => entry.loaded?.pool.close() ?? []));
  }

  /** Every operation that an operator asks for leaves one line in the log. */
  async #requested(name: string, kind: OperationKind, action: () => Promise<void>): Promise<void> {
    const { logger } = this.#options;
    try {
      await this.#operate(name, kind, action);
      logger.info({ model: name, version: this.catalogue.entry(name)?.view.version ?? null }, kind === 'load' ? 'model loaded on request' : 'model unloaded on request');
    } catch (error) {
      logger.warn({ model: name, err: messageOf(error) }, kind === 'load' ? 'model not loaded on request' : 'model not unloaded on request');
      throw error;
    }
  }

  #operate(name: string, kind: OperationKind, action: () => Promise<void>): Promise<void> {
    return this.#operations.run(name, kind, async () => {
      this.#refuseWhenClosing();
      await action();
    });
  }

  #refuseWhenClosing(): void {
    if (this.#closing !== null) throw new MetaErrError('SHUTTING_DOWN', 'the server is shutting down and loads no more models');
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

  /** Throws MODEL_NOT_FOUND unless the folder has such a model. The name is judged before it is part of a path. */
  async #checkExists(name: string): Promise<void> {
    const fault = nameFault(name);
    const exists = fault === null && (await isFolder(path.join(this.#options.directory, name)));
    if (!exists) throw new MetaErrError('MODEL_NOT_FOUND', `the model repository has no model ${name}${fault === null ? '' : `: ${fault}`}`, { field: 'model' });
  }

  #register(name: string): ModelEntry {
    const known = this.catalogue.entry(name);
    if (known !== undefined) return known;
    const entry = new ModelEntry(name, modelTag(name));
    this.catalogue.add(entry);
    return entry;
  }

  /** What goes wrong is the entry's reason, and is in the log. */
  async #loadAtStart(entry: ModelEntry): Promise<void> {
    await this.#operate(entry.name, 'load', () => this.#loadEntry(entry)).catch(() => undefined);
  }

  async #loadEntry(entry: ModelEntry): Promise<void> {
    const reason = this.#obstacle(entry) ?? (await this.#loader.load(entry));
    if (reason === null) return;
    this.#refuseWhenClosing();
    throw new MetaErrError('MODEL_LOAD_FAILED', `model ${entry.name} could not be loaded: ${reason}`, { field: 'model' });
  }

  /** Why no model of this name can be loaded, whatever its folder holds; null when one can. */
  #obstacle(entry: ModelEntry): string | null {
    const owner = this.catalogue.byTag(entry.tag)?.name;
    const clash = owner === entry.name ? null : `the prediction ids of this name could not be told from those of model ${owner ?? ''}; rename one of the two`;
    const reason = nameFault(entry.name) ?? clash;
    if (reason === null) return null;
    entry.fail(reason);
    this.#options.logger.error({ model: entry.name, reason }, 'model cannot be loaded under its name');
    return reason;
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
