import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../src/server.js', import.meta.url));

export interface RunningServer {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  post<T>(path: string, body: unknown): Promise<{ status: number; body: T }>;
  get<T>(path: string): Promise<{ status: number; body: T }>;
}

export interface ServerOptions {
  readonly modelRepository: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Largest file that the process may write, in KiB; more fails as a full disk does. */
  readonly fileLimitKibibytes?: number;
}

/** Starts the server's entry; nothing of it is shared with the test's process. */
export function spawnServer({ modelRepository, dataDir, env = {}, fileLimitKibibytes }: ServerOptions): ChildProcess {
  const environment = { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', METAERR_MODEL_REPOSITORY: modelRepository, METAERR_DATA_DIR: dataDir, ...env };
  const options: SpawnOptions = { env: environment, stdio: ['ignore', 'pipe', 'pipe'] };
  if (fileLimitKibibytes === undefined) return spawn(process.execPath, [ENTRY], options);
  // Ignored signals stay ignored across exec: a write over the limit then fails with EFBIG instead of ending the process. The
  // test runner's own NODE_OPTIONS would load a handler that ends it all the same.
  return spawn('bash', ['-c', `unset NODE_OPTIONS; trap '' XFSZ; ulimit -f ${fileLimitKibibytes}; exec "$0" "$1"`, process.execPath, ENTRY], options);
}

async function endOf(child: ChildProcess): Promise<number | string | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal;
}

async function send<T>(url: string, init?: RequestInit): Promise<{ status: number; body: T }> {
  const reply = await fetch(url, init);
  return { status: reply.status, body: (await reply.json()) as T };
}

/** Starts the server and waits until its models have loaded. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const child = spawnServer(options);
  const ended = endOf(child);
  if (child.stdout === null) throw new Error('the server has no standard output');
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    const log = JSON.parse(line) as { msg: string; url?: string };
    if (log.msg === 'listening') url = log.url ?? '';
    if (log.msg === 'ready') break;
  }
  child.stdout.resume();
  child.stderr?.pipe(process.stderr);
  if (url === '') throw new Error(`the server did not start: ${String(await ended)}`);
  return {
    url,
    child,
    ended,
    post: (path, body) => send(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    get: (path) => send(`${url}${path}`),
  };
}
