import type { MetaModelSwapper } from '../inference/contracts.js';
import { keyName } from '../ledger/key-name.js';
import type { ModelKey } from '../ledger/ledger.js';
import { isLabelFree, type MetaModelRegistry } from '../meta/registry.js';

export interface ChampionFollower {
  /** Makes the champion of the registry serve in this process; resolves with its version (0: none, the cold start). */
  follow(key: ModelKey): Promise<number>;
}

/**
 * Brings what serves in line with the registry. Calls for one key run one after another and each reads the champion anew,
 * so after two promotions at the same time the later one of the registry serves, whichever swap was quicker.
 */
export function createChampionFollower(registry: MetaModelRegistry, swapper: MetaModelSwapper): ChampionFollower {
  const last = new Map<string, Promise<unknown>>();
  const swap = async (key: ModelKey): Promise<number> => {
    const champion = await registry.champion(key);
    if (champion === null) {
      await swapper.swap(key, 0, null);
      return 0;
    }
    const onnx = await registry.bytes(key.model, champion.version);
    if (onnx === null) throw new Error(`the registry has no bytes of meta-model ${champion.version} of model '${key.model}'`);
    await swapper.swap(key, champion.version, onnx, isLabelFree(champion));
    return champion.version;
  };
  return {
    follow(key) {
      const name = keyName(key);
      const before = last.get(name) ?? Promise.resolve();
      const turn = before.then(() => swap(key), () => swap(key));
      last.set(name, turn);
      const forget = () => {
        if (last.get(name) === turn) last.delete(name);
      };
      turn.then(forget, forget);
      return turn;
    },
  };
}

/** Where no base model is loaded: a worker promotes, and the servers bring the champion in. Nothing is loaded here. */
export function createNoFollower(registry: Pick<MetaModelRegistry, 'champion'>): ChampionFollower {
  return {
    async follow(key) {
      return (await registry.champion(key))?.version ?? 0;
    },
  };
}
