import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const entryOf = (name: string) => fileURLToPath(new URL(`../../src/${name}.js`, import.meta.url));
const CHILD = fileURLToPath(new URL('process-child.js', import.meta.url));

/** A line of a process's log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** What it has logged so far. */
  readonly log: readonly LogLine[];
  /** What it has written to standard error so far. */
  readonly words: () => string;
  /** The first log line with this message, also one that was logged before; rejects when the process ends without it. */
  logged(message: string): Promise<LogLine>;
}

export interface RunningServer extends RunningProcess {
  readonly url: string;
  post<T>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<{ status: number; body: T }>;
  get<T>(path: string): Promise<{ status: number; body: T }>;
}

export interface ServerOptions {
  readonly modelRepository: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Largest file that the process may write, in KiB; more fails as a full disk does. */
  readonly fileLimitKibibytes?: number;
}

const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0' };

/** Starts the server's entry; nothing of it is shared with the test's process. */
export function spawnServer({ modelRepository, dataDir, env = {}, fileLimitKibibytes }: ServerOptions): ChildProcess {
  const options = optionsOf({ METAERR_MODEL_REPOSITORY: modelRepository, METAERR_DATA_DIR: dataDir, ...env });
  if (fileLimitKibibytes === undefined) return spawn(process.execPath, [entryOf('server')], options);
  // Ignored signals stay ignored across exec: a write over the limit then fails with EFBIG instead of ending the process. The
  // test runner's own NODE_OPTIONS would load a handler that ends it all the same.
  return spawn('bash', ['-c', `unset NODE_OPTIONS; trap '' XFSZ; ulimit -f ${fileLimitKibibytes}; exec "$0" "$1"`, process.execPath, entryOf('server')], options);
}

/** Starts the worker's entry. */
export function spawnWorker(env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [entryOf('worker')], optionsOf(env));
}

/** Starts a process whose system behaves as the mode says; see process-child.ts. */
export function spawnChild(mode: string): ChildProcess {
  return spawn(process.execPath, [CHILD, mode], optionsOf({ METAERR_SHUTDOWN_SECONDS: '0' }));
}

function optionsOf(env: Readonly<Record<string, string>>): SpawnOptions {
  return { env: { ...ENVIRONMENT, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
}

/** Follows what a process logs and how it ends. */
export function follow(child: ChildProcess): RunningProcess {
  const log: LogLine[] = [];
  let words = '';
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code: number | null, signal: string | null) => resolve(code ?? signal)));
  if (child.stdout === null || child.stderr === null) throw new Error('the process has no standard output');
  const lines = createInterface({ input: child.stdout }).on('line', (line) => void log.push(JSON.parse(line) as LogLine));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const logged = async (message: string): Promise<LogLine> => {
    for (;;) {
      const found = log.find(({ msg }) => msg === message);
      if (found !== undefined) return found;
      const end = await Promise.race([once(lines, 'line').then(() => null), ended.then((how) => ({ how }))]);
      if (end !== null && !log.some(({ msg }) => msg === message)) throw new Error(`the process ended (${String(end.how)}) without logging '${message}': ${words}`);
    }
  };
  return { child, ended, log, words: () => words, logged };
}

async function send<T>(url: string, init?: RequestInit): Promise<{ status: number; body: T }> {
  const reply = await fetch(url, init);
  return { status: reply.status, body: (await reply.json()) as T };
}

/** A process that listens; resolves as soon as it does. */
export async function listening(child: ChildProcess): Promise<RunningServer> {
  const running = follow(child);
  const url = String((await running.logged('listening'))['url']);
  return {
    ...running,
    url,
    post: (path, body, headers = {}) => send(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
    get: (path) => send(`${url}${path}`),
  };
}

/** Starts the server and waits until its models have loaded. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = await listening(spawnServer(options));
  server.child.stderr?.pipe(process.stderr);
  await server.logged('ready');
  return server;
}

/** Starts a worker and waits until it listens. */
export async function startWorker(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const worker = await listening(spawnWorker(env));
  worker.child.stderr?.pipe(process.stderr);
  return worker;
}
