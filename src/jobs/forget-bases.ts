import type { Clock } from '../core/clock.js';
import { keyName } from '../ledger/key-name.js';
import type { Ledger, ModelKey } from '../ledger/ledger.js';
import type { MetaModelRegistry } from '../meta/registry.js';

export interface ForgetPorts {
  readonly ledger: Pick<Ledger, 'labelled' | 'scan'>;
  readonly registry: Pick<MetaModelRegistry, 'list' | 'forget'>;
}

/** A registry is listed so often: the list has every meta-model of its model, and a base file comes to its end once in a life. */
const EVERY_MILLISECONDS = 86_400_000;

export interface BaseSweep {
  /** As `forgetBases`, at the first call of a model and a day after the last one that went well; 0 at all others. */
  sweep(model: string, served: readonly ModelKey[]): Promise<number>;
}

export function createBaseSweep(ports: ForgetPorts, clock: Clock): BaseSweep {
  const looked = new Map<string, number>();
  return {
    async sweep(model, served) {
      const now = clock.monotonic();
      if (now - (looked.get(model) ?? -Infinity) < EVERY_MILLISECONDS) return 0;
      const forgotten = await forgetBases(ports, model, served);
      looked.set(model, now);
      return forgotten;
    },
  };
}

/**
 * Deletes the meta-models of a model whose base files are served no more and have no row left in the ledger: each base file leaves its own behind, of
 * megabytes each, and no other file can use them. As long as rows are there the file may come back, and finds its champion. Returns how many were deleted.
 */
async function forgetBases({ ledger, registry }: ForgetPorts, model: string, served: readonly ModelKey[]): Promise<number> {
  const kept = new Set(served.map(keyName));
  const keys = new Map((await registry.list(model)).map(({ key }) => [keyName(key), key]));
  let forgotten = 0;
  for (const [name, key] of keys) {
    if (!kept.has(name) && !(await hasRows(ledger, key))) forgotten += await registry.forget(key);
  }
  return forgotten;
}

/** The index of labelled rows answers at once for nearly all that have any; to be sure that there is none all rows are looked at, once in the life of a file. */
async function hasRows(ledger: ForgetPorts['ledger'], key: ModelKey): Promise<boolean> {
  for await (const { count } of ledger.labelled({ key, featureSchema: null, from: null, to: null, newest: 1, features: false })) if (count > 0) return true;
  for await (const { keys } of ledger.scan({ model: key.model, version: key.version, labelled: null, from: null, to: null, features: false, inputs: false })) {
    if (keys.some((each) => keyName(each) === keyName(key))) return true;
  }
  return false;
}
