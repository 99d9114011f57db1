import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child answers an order. */
export type Reply<Result> = { readonly result: Result } | { readonly error: string };

/** The work of a pool. */
export interface PoolTask<Unit, Result> {
  /** The module of the children: it answers each order by one message, a `Reply`. */
  readonly child: URL;
  /** The message that asks for a unit. */
  order(unit: Unit): object;
  onResult(unit: Unit, result: Result): void;
  onFailure(unit: Unit, reason: string): void;
}

/** The child's answer, or how it ended. */
function ask<Result>(child: ChildProcess, order: object): Promise<Reply<Result>> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null): void => resolve({ error: `the process ended with ${signal ?? code}` });
    child.once('exit', onExit);
    child.once('message', (reply: Reply<Result>) => {
      child.off('exit', onExit);
      resolve(reply);
    });
    child.send(order);
  });
}

function isAlive(child: ChildProcess | null): child is ChildProcess {
  return child !== null && child.connected;
}

/** Takes units from the common list until none is left; a child that has died is followed by a new one. */
async function work<Unit, Result>(pending: Unit[], task: PoolTask<Unit, Result>): Promise<void> {
  let child: ChildProcess | null = null;
  for (let unit = pending.shift(); unit !== undefined; unit = pending.shift()) {
    child = isAlive(child) ? child : fork(fileURLToPath(task.child));
    const reply = await ask<Result>(child, task.order(unit));
    if ('result' in reply) task.onResult(unit, reply.result);
    else task.onFailure(unit, reply.error);
  }
  if (isAlive(child)) child.disconnect();
}

/** Runs the units in their order over so many child processes. */
export async function runPool<Unit, Result>(units: readonly Unit[], jobs: number, task: PoolTask<Unit, Result>): Promise<void> {
  const pending = [...units];
  await Promise.all(Array.from({ length: Math.min(jobs, units.length) }, () => work(pending, task)));
}
