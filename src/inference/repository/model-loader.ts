import path from 'node:path';
import { messageOf } from '../../core/errors.js';
import type { Clock } from '../../core/clock.js';
import { versionLabels } from '../../core/model-series.js';
import type { MetaModelRegistry } from '../../meta/registry.js';
import { readModelSettings } from '../config/folder-reader.js';
import { loadExternalVersion } from '../external/load-external.js';
import { hideMetaModel, showMetaModel } from '../swapper.js';
import { restoreChampion } from './champion.js';
import { Draining } from './draining.js';
import { EXTERNAL_VERSION, findVersion } from './folder-scan.js';
import type { LoadedVersion } from './loaded-version.js';
import type { ModelEntry } from './model-entry.js';
import { loadVersion, type VersionLoaderPorts } from './version-loader.js';

export interface ModelLoaderPorts extends VersionLoaderPorts {
  readonly directory: string;
  readonly registry: MetaModelRegistry;
  readonly clock: Clock;
}

const CLOSED = 'the server is shutting down';

/**
 * Loads models of a repository into their entries, and takes them out; a model that is loaded again serves on until the new
 * version is ready. Loads and unloads of one model are made one after the other.
 */
export class ModelLoader {
  readonly #ports: ModelLoaderPorts;
  readonly #draining: Draining;
  /** Versions whose champion is being restored: not serving yet, but open to swaps. */
  readonly #restoring = new Set<LoadedVersion>();
  #closed = false;

  constructor(ports: ModelLoaderPorts) {
    this.#ports = ports;
    this.#draining = new Draining(ports.logger);
  }

  get restoring(): readonly LoadedVersion[] {
    return [...this.#restoring];
  }

  /**
   * Loads one model. Returns null, or what went wrong: that is then the entry's reason, and a version that serves goes on serving.
   * Never rejects.
   */
  async load(entry: ModelEntry): Promise<string | null> {
    const started = this.#ports.clock.monotonic();
    entry.begin();
    try {
      // Whatever the requests do, a model is in memory three times at most: one drains, one serves, one loads.
      await this.#draining.settled(entry.name);
      const loaded = await this.#prepared(entry, path.join(this.#ports.directory, entry.name));
      const champion = await this.#restored(loaded);
      if (!(await this.#publish(entry, loaded, started))) return CLOSED;
      // What was promoted before the version was listed was not brought in by those who follow promotions. From here on it is.
      if (champion !== null) await restoreChampion(loaded, this.#ports.registry, this.#ports, champion);
      return null;
    } catch (error) {
      const reason = messageOf(error);
      entry.fail(reason);
      this.#ports.logger.error({ model: entry.name, reason, serving: entry.loaded?.key.version ?? null }, 'model could not be loaded');
      return reason;
    }
  }

  /** Takes a model out of service; resolves when its requests are answered and nothing of it is left in memory. */
  async unload(entry: ModelEntry): Promise<void> {
    const version = entry.unload();
    if (version !== null) {
      await this.#retire(entry, version);
      entry.unloaded();
    }
    await this.#draining.settled(entry.name);
  }

  async #restored(loaded: LoadedVersion): Promise<number | null> {
    this.#restoring.add(loaded);
    return restoreChampion(loaded, this.#ports.registry, this.#ports);
  }

  async #prepared(entry: ModelEntry, folder: string): Promise<LoadedVersion> {
    const { name, tag } = entry;
    const settings = await readModelSettings(folder);
    if (settings.source === 'external') {
      entry.found(settings.version ?? EXTERNAL_VERSION);
      return loadExternalVersion({ name, tag, settings }, this.#ports);
    }
    const found = await findVersion(folder, settings.version);
    entry.found(found.version);
    return loadVersion({ name, tag, settings, found }, this.#ports);
  }

  /** Resolves with false, and with the version released, when the repository was closed meanwhile. */
  async #publish(entry: ModelEntry, loaded: LoadedVersion, started: number): Promise<boolean> {
    this.#restoring.delete(loaded);
    if (this.#closed) {
      await loaded.pool.close();
      return false;
    }
    const before = entry.serve(loaded);
    if (before !== null) void this.#retire(entry, before);
    const { model, version } = loaded.key;
    this.#ports.metrics.beginModel(versionLabels({ model, version }));
    showMetaModel(loaded, this.#ports.metrics);
    const milliseconds = Math.round(this.#ports.clock.monotonic() - started);
    this.#ports.logger.info(
      { model, version, task: loaded.config.task, meta_version: loaded.meta?.version ?? 0, assumptions: loaded.assumptions, milliseconds },
      'model is ready',
    );
    return true;
  }

  /** Never rejects. */
  async #retire(entry: ModelEntry, old: LoadedVersion): Promise<void> {
    hideMetaModel(old, this.#ports.metrics);
    await this.#draining.drain(old);
    const { model, version } = old.key;
    if (entry.loaded?.key.version !== version) await this.#ports.metrics.endModel(versionLabels({ model, version }));
  }

  /** Closes what drains; a load in progress closes its own pool when it ends. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining.close();
  }
}
