import type { RepositoryEntry } from '../../contracts.js';

export interface IndexEntry {
  readonly name: string;
  /** Empty where the folder has no version. */
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** The document of `POST /v2/repository/index`; `ready` leaves out what does not serve. */
export function repositoryIndex(entries: readonly RepositoryEntry[], ready: boolean): readonly IndexEntry[] {
  return entries
    .filter(({ state }) => !ready || state === 'ready')
    .map(({ name, version, state, reason }) => ({ name, version: version === null ? '' : String(version), state: state.toUpperCase(), reason }));
}
