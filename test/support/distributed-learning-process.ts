import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LogLine, ServiceProcess } from './distributed-process.js';
import { within } from './within.js';

const PATIENCE_MILLISECONDS = 150_000;

/** Lines with this message of all the processes, and of these jobs where they are named. */
export function linesOf(processes: readonly ServiceProcess[], msg: string, jobs?: readonly string[]): readonly LogLine[] {
  const isOfThem = (line: LogLine) => jobs === undefined || jobs.includes(String(line['job']));
  return processes.flatMap(({ lines }) => lines.filter((line) => line.msg === msg && isOfThem(line)));
}

/** What the workers did for retrainings, from their logs. */
export interface TrainingCounts {
  /** Jobs that a worker took up, the same one several times where it was begun again. */
  readonly begun: number;
  /** Those of them that found nothing to do. */
  readonly skipped: number;
  /** Those that trained to their end. */
  readonly trained: number;
  readonly promoted: number;
}

/** Of all jobs, or of these. */
export function countTrainings(workers: readonly ServiceProcess[], jobs?: readonly string[]): TrainingCounts {
  const ends = linesOf(workers, 'retraining ended', jobs);
  return {
    begun: linesOf(workers, 'retraining begins', jobs).length,
    skipped: linesOf(workers, 'retraining skipped', jobs).length,
    trained: ends.length,
    promoted: ends.filter(({ result }) => result === 'promoted').length,
  };
}

/** A retraining that is held in the middle. */
export interface HeldTraining {
  readonly worker: ServiceProcess;
  /** Of its training process, which is stopped. */
  readonly pid: number;
  /** The training goes on. */
  release(): void;
}

/** Resolves when one of the workers trains for this job; its training process is stopped then, so that the job stays active however fast the machine is. */
export async function holdTraining(workers: readonly ServiceProcess[], job: string): Promise<HeldTraining> {
  const isBegin = (line: LogLine) => line.msg === 'retraining begins' && line['job'] === job;
  let worker: ServiceProcess | undefined;
  await within(PATIENCE_MILLISECONDS, () => {
    worker = workers.find(({ lines }) => lines.some(isBegin));
    return worker !== undefined;
  });
  if (worker === undefined) throw new Error('no worker');
  const parent = worker.pid;
  let pid: number | undefined;
  await within(PATIENCE_MILLISECONDS, async () => {
    [pid] = await trainingProcessesOf(parent);
    return pid !== undefined;
  });
  const stopped = pid ?? 0;
  process.kill(stopped, 'SIGSTOP');
  return { worker, pid: stopped, release: () => void process.kill(stopped, 'SIGCONT') };
}

/** Ids of the training processes of a process. */
async function trainingProcessesOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, child, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === pid && command.includes('training-process') ? [Number(child)] : [];
  });
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
