import type { AttemptEntry } from './distributed-book.js';
import type { ServiceProcess } from './distributed-process.js';

export interface Losses {
  /** Predictions (rows) that were answered and are not in the ledger. */
  readonly rows: number;
  /** How long before the kill of its server the earliest of them was answered, milliseconds; 0 when there are none. */
  readonly oldestMilliseconds: number;
  /** What is lost and may not be. */
  readonly faults: readonly string[];
}

/**
 * Judges answered predictions that are not in the ledger: SIGKILL of the server that answered may lose what was answered not more than
 * `milliseconds` before, and nothing else may lose any.
 */
export function judgeLosses(lost: readonly AttemptEntry[], servers: readonly ServiceProcess[], milliseconds: number): Losses {
  const faults: string[] = [];
  let rows = 0;
  let oldest = 0;
  for (const entry of lost) {
    rows += entry.rows;
    const age = ageAtKill(entry, servers.find(({ name }) => name === entry.server)?.killedAt ?? []);
    oldest = Math.max(oldest, age);
    if (!(age <= milliseconds)) faults.push(`${JSON.stringify(entry)} is lost, answered ${age} ms before its server was killed`);
  }
  return { rows, oldestMilliseconds: oldest, faults };
}

/** From the answer to the first kill after it; an answer may be read a little after the kill. Infinity for none. */
function ageAtKill({ answer }: AttemptEntry, killedAt: readonly number[]): number {
  const READ_LATE_MILLISECONDS = 200;
  const next = killedAt.find((at) => answer !== null && at >= answer.at - READ_LATE_MILLISECONDS);
  return answer === null || next === undefined ? Infinity : Math.max(0, next - answer.at);
}
