import { runPool, type PoolTask } from './pool.js';
import { say } from './say.js';

/** Units to run over child processes. */
export interface UnitsRun<Unit, Sent> extends Pick<PoolTask<Unit, Sent>, 'child' | 'order' | 'nameOf'> {
  readonly units: readonly Unit[];
  readonly jobs: number;
  /** Keeps what a process sent of a unit, and gives the unit's name. */
  keep(sent: Sent): string;
}

/** Runs units, with a line about each and the time that is left. Gives the number of those that failed. */
export async function runUnits<Unit, Sent>({ units, jobs, child, order, nameOf, keep }: UnitsRun<Unit, Sent>): Promise<number> {
  const start = Date.now();
  let [done, failed] = [0, 0];
  const progress = (name: string): void => {
    done++;
    const seconds = (Date.now() - start) / 1000;
    say(`${done}/${units.length} ${name}, ${Math.round(seconds)} s passed, about ${Math.round((seconds / done) * (units.length - done))} s left`);
  };
  await runPool<Unit, Sent>(units, jobs, {
    child,
    order,
    nameOf,
    onResult: (sent) => progress(keep(sent)),
    onFailure(unit, reason) {
      failed++;
      say(`FAILED: ${reason}`);
      progress(nameOf(unit));
    },
  });
  return failed;
}
