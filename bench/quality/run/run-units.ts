import { runPool, type PoolTask } from './pool.js';
import { Progress, type UnitKind } from './progress.js';
import { say } from './say.js';

/** Units to run over child processes. */
export interface UnitsRun<Unit, Sent> extends Pick<PoolTask<Unit, Sent>, 'child' | 'order'>, UnitKind<Unit> {
  readonly units: readonly Unit[];
  readonly jobs: number;
  /** Keeps what a process sent of a unit. */
  keep(sent: Sent): void;
}

/** Runs units, with a line about each and the time that is left. Gives the number of those that failed. */
export async function runUnits<Unit, Sent>({ units, jobs, child, order, keep, ...kind }: UnitsRun<Unit, Sent>): Promise<number> {
  const progress = new Progress(units, kind, Date.now());
  let failed = 0;
  await runPool<Unit, Sent>(units, jobs, {
    child,
    order,
    onResult(unit, sent) {
      keep(sent);
      say(progress.after(unit, Date.now()));
    },
    onFailure(unit, reason) {
      failed++;
      say(`FAILED: ${kind.nameOf(unit)}: ${reason}`);
      say(progress.after(unit, Date.now()));
    },
  });
  return failed;
}
