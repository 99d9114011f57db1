import { keyName } from '../ledger/key-name.js';
import type { ModelKey } from '../ledger/ledger.js';
import type { ModelConfig } from './contracts.js';

/** What decides a model's predictions. */
export type DecidedModel = { readonly key: ModelKey; readonly config: Pick<ModelConfig, 'risk_policy' | 'review_threshold'> };

/** Below every failure probability: nothing is accepted. */
export const ACCEPT_NONE = -1;

/** What is accepted of one model; read once per reply. */
export interface VersionLimits {
  /** Failure probabilities up to this one, of this meta-model version, are accepted; `ACCEPT_NONE` where no threshold is known. Never throws. */
  limitOf(metaVersion: number): number;
}

/**
 * The thresholds in force, by model, risk policy and meta-model version. Predictions read them; whoever computes them sets them, and
 * hears of a version that is asked for and has none. The failure probabilities of another meta-model mean something else, so none is
 * ever taken for another version's, nor one of another policy.
 */
export class DecisionThresholds {
  readonly #limits = new Map<string, Map<number, number>>();
  readonly #listeners: (() => void)[] = [];

  of({ key, config }: DecidedModel): VersionLimits {
    const { risk_policy: policy, review_threshold } = config;
    if (policy === null) return { limitOf: () => review_threshold };
    const limits = this.#limitsOf({ key, config });
    return {
      limitOf: (metaVersion) => {
        const limit = limits.get(metaVersion);
        if (limit !== undefined) return limit;
        // Asked for once, then it waits like everybody.
        limits.set(metaVersion, ACCEPT_NONE);
        for (const listener of this.#listeners) listener();
        return ACCEPT_NONE;
      },
    };
  }

  /** Puts the threshold of a meta-model version in force; null accepts nothing. Thresholds of versions not in `kept` are forgotten. */
  set(model: DecidedModel, metaVersion: number, threshold: number | null, kept: readonly number[]): void {
    const limits = this.#limitsOf(model);
    limits.set(metaVersion, threshold ?? ACCEPT_NONE);
    for (const version of limits.keys()) if (version !== metaVersion && !kept.includes(version)) limits.delete(version);
  }

  /** Calls the listener when a version is asked for of which no threshold was ever set. */
  onMissing(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #limitsOf({ key, config }: DecidedModel): Map<number, number> {
    const name = decidedName({ key, config });
    const limits = this.#limits.get(name) ?? new Map<number, number>();
    this.#limits.set(name, limits);
    return limits;
  }
}

/** Names a model together with its policy: another policy's threshold is none. */
export function decidedName({ key, config }: DecidedModel): string {
  return `${keyName(key)}/${JSON.stringify(config.risk_policy)}`;
}
