import path from 'node:path';
import { readModelSettings } from '../config/folder-reader.js';
import type { RepositoryEntry } from '../contracts.js';
import { EXTERNAL_VERSION, nameFault, versionFolders } from './folder-scan.js';
import type { ModelEntry } from './model-entry.js';

const NOT_LOADED = { state: 'unavailable', reason: 'not loaded' } as const;

/** The versions in the folder of a model; an external one needs no folder for its version. */
async function versionsIn(folder: string): Promise<readonly number[]> {
  // What is wrong with the file is said when the model is loaded.
  const settings = await readModelSettings(folder).catch(() => null);
  if (settings?.source === 'external') return [settings.version ?? EXTERNAL_VERSION];
  return versionFolders(folder).catch(() => []);
}

/** What is in memory, also when its folder is gone. */
function versionsOf(entry: ModelEntry | undefined): readonly number[] {
  const { state, version } = entry?.view ?? { state: 'unavailable', version: null };
  return state === 'unavailable' || version === null ? [] : [version];
}

async function rows(directory: string, name: string, entry: ModelEntry | undefined): Promise<readonly RepositoryEntry[]> {
  const fault = nameFault(name);
  if (fault !== null) return [{ name, version: null, state: 'unavailable', reason: fault }];
  const versions = [...new Set([...(await versionsIn(path.join(directory, name))), ...versionsOf(entry)])].sort((a, b) => a - b);
  const all = versions.length === 0 ? [null] : versions;
  return all.map((version) => ({ name, version, ...(entry?.versionState(version) ?? NOT_LOADED) }));
}

/** Every version of the models in the folder (`names`) and of those that are in memory, by name, then version. */
export async function indexRepository(directory: string, names: readonly string[], entries: readonly ModelEntry[]): Promise<readonly RepositoryEntry[]> {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const inMemory = entries.filter(({ state }) => state !== 'unavailable').map(({ name }) => name);
  const all = [...new Set([...names, ...inMemory])].sort();
  return (await Promise.all(all.map((name) => rows(directory, name, byName.get(name))))).flat();
}
