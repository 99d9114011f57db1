import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../core/clock.js';
import type { ProgressListener } from '../meta/training/window.js';
import { errorOf, type TrainingMessage, type TrainingOutcome, type TrainingTask } from './training-task.js';

export interface TrainingRunOptions {
  readonly signal: AbortSignal;
  /** After so long the process is killed and the training fails. */
  readonly timeoutMilliseconds: number;
  readonly progress: ProgressListener;
}

export interface TrainingRunner {
  /**
   * Trains in a process of its own. Rejects with the signal's reason when it is aborted, and with what went wrong when the
   * process fails (an error of the catalogue keeps its code), dies or takes too long. Settles only after the process has ended.
   */
  run(task: TrainingTask, options: TrainingRunOptions): Promise<TrainingOutcome>;
}

export interface TrainingRunnerOptions {
  /** The entry file of the training process. */
  readonly entry: URL;
  readonly clock: Clock;
  /** Nice value of the process: predictions go first where both share cores. */
  readonly nice: number;
}

/** Variables that a process needs to start, to find its libraries, and to trust whom this one trusts; the others (secrets, NODE_OPTIONS) stay here. */
const PASSED_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
const STDERR_KEPT = 4_096;

/** How the process ended for us; the process itself is killed then and waited for. */
type Ending = { readonly result: TrainingOutcome } | { readonly error: unknown };

/** Runs each training as a child process of low priority, killed by SIGKILL: an orderly exit during an engine run would hang or abort. */
export function createTrainingRunner(options: TrainingRunnerOptions): TrainingRunner {
  return {
    async run(task, run) {
      run.signal.throwIfAborted();
      const child = startProcess(options);
      const ending = await endingOf(child, task, run, options.clock);
      await killed(child);
      if ('error' in ending) throw ending.error;
      return ending.result;
    },
  };
}

function startProcess({ entry, nice }: TrainingRunnerOptions): ChildProcess {
  const env: NodeJS.ProcessEnv = {};
  for (const name of PASSED_VARIABLES) {
    // eslint-disable-next-line no-restricted-properties -- handed on to the process, not read as configuration
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const child = fork(fileURLToPath(entry), { serialization: 'advanced', execArgv: [], env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  lowerPriority(child.pid, nice);
  return child;
}

/** Threads inherit the value from the one that starts them, so it is set before the process has any. */
function lowerPriority(pid: number | undefined, nice: number): void {
  try {
    if (pid !== undefined) setPriority(pid, nice);
  } catch {
    // It has ended already, or the system forbids it: the training is then as right, only less polite.
  }
}

function endingOf(child: ChildProcess, task: TrainingTask, run: TrainingRunOptions, clock: Clock): Promise<Ending> {
  const stderr = collectTail(child);
  return new Promise((resolve) => {
    const end = (ending: Ending) => {
      timer.cancel();
      run.signal.removeEventListener('abort', onAbort);
      resolve(ending);
    };
    const fail = (message: string) => end({ error: new Error(message) });
    const onAbort = () => end({ error: run.signal.reason });
    const timer = clock.after(run.timeoutMilliseconds, () => fail(`the training took longer than ${run.timeoutMilliseconds / 1_000} s and was stopped`));
    run.signal.addEventListener('abort', onAbort);
    child.on('message', (message) => {
      // The child is our own entry file, so its messages are of this type.
      const told = message as TrainingMessage;
      if (told.kind === 'progress') run.progress(told.progress);
      else if (told.kind === 'result') end({ result: told.result });
      else end({ error: errorOf(told) });
    });
    child.on('error', (error) => fail(`the training process could not be used: ${error.message}`));
    // 'close' comes after the last of stderr, 'exit' may come before it.
    child.on('close', (code, signal) => fail(`the training process ended by itself (${signal ?? `exit code ${code}`}) without a result${stderr()}`));
    // A process that died before it took its task tells why by 'close'.
    child.send(task, () => undefined);
  });
}

/** Gathers the last of what the process writes to stderr. */
function collectTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT);
  });
  return () => (tail.trim() === '' ? '' : `: ${tail.trim()}`);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await exited;
}
