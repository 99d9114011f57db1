import path from 'node:path';
import { messageOf } from '../../core/errors.js';
import type { Clock } from '../../core/clock.js';
import type { MetaModelRegistry } from '../../meta/registry.js';
import { readModelSettings } from '../config/folder-reader.js';
import { hideMetaModel, showMetaModel } from '../swapper.js';
import { restoreChampion } from './champion.js';
import { Draining } from './draining.js';
import { findVersion, nameFault } from './folder-scan.js';
import type { LoadedVersion } from './loaded-version.js';
import type { ModelEntry } from './model-entry.js';
import { loadVersion, type VersionLoaderPorts } from './version-loader.js';

export interface ModelLoaderPorts extends VersionLoaderPorts {
  readonly directory: string;
  readonly registry: MetaModelRegistry;
  readonly clock: Clock;
}

/** Loads models of a repository into their entries; a model that is loaded again serves on until the new version is ready. */
export class ModelLoader {
  readonly #ports: ModelLoaderPorts;
  readonly #draining: Draining;
  /** Versions whose champion is being restored: not serving yet, but open to swaps. */
  readonly #restoring = new Set<LoadedVersion>();
  #closed = false;

  constructor(ports: ModelLoaderPorts) {
    this.#ports = ports;
    this.#draining = new Draining(ports.clock, ports.logger);
  }

  get restoring(): readonly LoadedVersion[] {
    return [...this.#restoring];
  }

  /** Loads one model. Never rejects: what goes wrong is the entry's reason, and a version that serves goes on serving. */
  async load(entry: ModelEntry): Promise<void> {
    const started = this.#ports.clock.monotonic();
    entry.begin();
    try {
      const loaded = await this.#loaded(entry);
      await this.#publish(entry, loaded, started);
    } catch (error) {
      entry.fail(messageOf(error));
      this.#ports.logger.error({ model: entry.name, reason: messageOf(error) }, 'model is unavailable');
    }
  }

  async #loaded(entry: ModelEntry): Promise<LoadedVersion> {
    const fault = nameFault(entry.name);
    if (fault !== null) throw new Error(fault);
    const folder = path.join(this.#ports.directory, entry.name);
    const settings = await readModelSettings(folder);
    const found = await findVersion(folder, settings.version);
    entry.found(found.version);
    const loaded = await loadVersion({ name: entry.name, tag: entry.tag, settings, found }, this.#ports);
    this.#restoring.add(loaded);
    await restoreChampion(loaded, this.#ports.registry, this.#ports);
    return loaded;
  }

  async #publish(entry: ModelEntry, loaded: LoadedVersion, started: number): Promise<void> {
    if (this.#closed) {
      this.#restoring.delete(loaded);
      return loaded.pool.close();
    }
    const before = entry.serve(loaded);
    this.#restoring.delete(loaded);
    if (before !== null) this.#retire(before);
    showMetaModel(loaded, this.#ports.metrics);
    const { model, version } = loaded.key;
    const milliseconds = Math.round(this.#ports.clock.monotonic() - started);
    this.#ports.logger.info(
      { model, version, task: loaded.config.task, meta_version: loaded.meta?.version ?? 0, assumptions: loaded.assumptions, milliseconds },
      'model is ready',
    );
  }

  #retire(old: LoadedVersion): void {
    hideMetaModel(old, this.#ports.metrics);
    this.#draining.drain(old);
  }

  /** Closes what drains; a load in progress closes its own pool when it ends. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining.close();
  }
}
