import type { EngineOutage, EnginePool } from './engine.js';

/** Of a pool of which no instance works, the outage that is tried first; null while one works. */
export function nextTry({ instances, outages }: Pick<EnginePool, 'instances' | 'outages'>): EngineOutage | null {
  if (outages.length < instances) return null;
  return outages.reduce<EngineOutage | null>((first, outage) => (first === null || outage.retryAfterSeconds < first.retryAfterSeconds ? outage : first), null);
}
