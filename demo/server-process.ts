import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The real server or worker, as `npm start` runs it, in a process of its own on a free port. */
export interface ServerProcess {
  readonly url: string;
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

// The compiled demo is dist/demo/.
const ENTRIES = { server: new URL('../src/server.js', import.meta.url), worker: new URL('../src/worker.js', import.meta.url) };

export type Environment = Readonly<Record<string, string>>;

interface LogLine {
  readonly msg?: string;
  readonly url?: string;
  readonly level?: number;
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}

/** Resolves with the URL of the process once it is ready; warnings and errors of its log go to the terminal. */
function readUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the process has no standard output');
  const lines = createInterface({ input: child.stdout });
  let address = '';
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const { msg, url, level } = parse(line);
      if (msg === 'listening') address = url ?? '';
      if (msg === 'ready') resolve(address);
      if ((level ?? 0) >= 40) process.stderr.write(`\n${line}\n`);
    });
    child.once('exit', (code) => reject(new Error(`a process ended with exit code ${code} before it was ready`)));
  });
}

/** Starts the server over a model repository and a data folder, and waits until every model has loaded. */
export function startServer(modelRepository: string, dataDir: string): Promise<ServerProcess> {
  return startProcess('server', { METAERR_MODEL_REPOSITORY: modelRepository, METAERR_DATA_DIR: dataDir });
}

/** Starts a server or a worker, and waits until it is ready. */
export async function startProcess(role: keyof typeof ENTRIES, environment: Environment): Promise<ServerProcess> {
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', ...environment };
  const child = spawn(process.execPath, [ENTRIES[role].pathname], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const url = await readUrl(child);
  return {
    url,
    exited,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
