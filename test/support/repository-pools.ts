import type { EnginePool, EnginePoolFactory } from '../../src/engine/engine.js';

export interface CountedPools {
  readonly poolFactory: EnginePoolFactory;
  /** Pools made and not closed yet. */
  readonly open: ReadonlySet<EnginePool>;
  /** Resolves when the first one is made. */
  readonly made: Promise<void>;
  /** The most that were open at a time. */
  readonly most: () => number;
  /** Resolves when no more than so many are open. */
  atMost(count: number): Promise<void>;
}

/** Real pools, counted from the moment that they are made until their threads have ended. */
export function countedPools(make: EnginePoolFactory): CountedPools {
  const open = new Set<EnginePool>();
  let most = 0;
  let first: () => void = () => undefined;
  const made = new Promise<void>((resolve) => (first = resolve));
  const waiting: (() => void)[] = [];
  const poolFactory: EnginePoolFactory = (options) => {
    const pool = make(options);
    open.add(pool);
    first();
    most = Math.max(most, open.size);
    const close = pool.close.bind(pool);
    pool.close = async () => {
      await close();
      open.delete(pool);
      for (const look of waiting.splice(0)) look();
    };
    return pool;
  };
  const atMost = async (count: number): Promise<void> => {
    while (open.size > count) await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  return { poolFactory, open, made, most: () => most, atMost };
}
