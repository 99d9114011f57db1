import type { MetaModelRecord } from '../meta/registry.js';

/** Clocks of hosts that work together may be this far apart. */
export const SKEW_MILLISECONDS = 2 * 60 * 60 * 1_000;

/**
 * The time since which a meta-model can have answered, milliseconds: nobody has it before it was made, but the process that made it may be ahead of those
 * that answer. The rows before need not be looked at, however many there are.
 */
export function answersSince({ createdAt }: Pick<MetaModelRecord, 'createdAt'>): number {
  return createdAt - SKEW_MILLISECONDS;
}
