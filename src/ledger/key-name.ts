import type { ModelKey } from './ledger.js';

/** One text for each key; the name of a model, in which anything may stand, comes last. */
export function keyName({ digest, version, model }: ModelKey): string {
  return `${digest}/${version}/${model}`;
}
