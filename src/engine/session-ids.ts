interface Entry {
  state: 'loading' | 'loaded' | 'unloading';
  /** Resolves when the loading has ended, well or not. */
  loading: Promise<unknown>;
  unloading: Promise<void> | null;
}

/** Which session ids of a pool are in use. An id can be loaded anew only when its unloading has ended. */
export class SessionIds {
  readonly #entries = new Map<string, Entry>();

  get empty(): boolean {
    return this.#entries.size === 0;
  }

  isLoaded(id: string): boolean {
    return this.#entries.get(id)?.state === 'loaded';
  }

  /** Runs `load` with the id reserved. Rejects when the id is in use. */
  async loading<R>(id: string, load: () => Promise<R>): Promise<R> {
    const known = this.#entries.get(id);
    if (known !== undefined) throw new Error(`a session with the id '${id}' is ${known.state}${known.state === 'loaded' ? ' already' : ''}`);
    const entry: Entry = { state: 'loading', loading: Promise.resolve(), unloading: null };
    this.#entries.set(id, entry);
    const result = load();
    entry.loading = result.catch(() => undefined);
    try {
      const loaded = await result;
      if (entry.state === 'loading') entry.state = 'loaded';
      return loaded;
    } catch (error) {
      this.#entries.delete(id);
      throw error;
    }
  }

  /** Runs `unload` once for an id that is loaded or still loading; an unknown id is left alone. */
  async unloading(id: string, unload: () => Promise<void>): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.state = 'unloading';
    entry.unloading ??= entry.loading
      .then(unload)
      .finally(() => this.#entries.delete(id));
    await entry.unloading;
  }
}
