import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { UnitResult } from '../grid/results.js';
import type { UnitOptions } from '../grid/run-unit.js';
import { unitName } from '../grid/units.js';
import type { Unit } from '../grid/units.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/** How a child answers an order. */
type Reply = { readonly result: UnitResult } | { readonly error: string };

export interface PoolListener {
  onResult(result: UnitResult): void;
  onFailure(unit: Unit, reason: string): void;
}

/** The child's answer, or how it ended. */
function ask(child: ChildProcess, unit: Unit, options: UnitOptions): Promise<Reply> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null): void => resolve({ error: `the process ended with ${signal ?? code}` });
    child.once('exit', onExit);
    child.once('message', (reply: Reply) => {
      child.off('exit', onExit);
      resolve(reply);
    });
    child.send({ unit, options });
  });
}

function isAlive(child: ChildProcess | null): child is ChildProcess {
  return child !== null && child.connected;
}

/** Takes units from the common list until none is left; a child that has died is followed by a new one. */
async function work(pending: Unit[], options: UnitOptions, listener: PoolListener): Promise<void> {
  let child: ChildProcess | null = null;
  for (let unit = pending.shift(); unit !== undefined; unit = pending.shift()) {
    child = isAlive(child) ? child : fork(CHILD);
    const reply = await ask(child, unit, options);
    if ('result' in reply) listener.onResult(reply.result);
    else listener.onFailure(unit, `${unitName(unit)}: ${reply.error}`);
  }
  child?.disconnect();
}

/** Runs the units in their order over so many child processes. */
export async function runPool(units: readonly Unit[], jobs: number, options: UnitOptions, listener: PoolListener): Promise<void> {
  const pending = [...units];
  await Promise.all(Array.from({ length: Math.min(jobs, units.length) }, () => work(pending, options, listener)));
}
