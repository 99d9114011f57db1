import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The real server, as `npm start` runs it, in a process of its own on a free port. */
export interface ServerProcess {
  readonly url: string;
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

// The compiled demo is dist/demo/.
const ENTRY = new URL('../src/server.js', import.meta.url);

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

/** Resolves with the server's URL once its models have loaded; warnings and errors of its log go to the terminal. */
function readUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no standard output');
  const lines = createInterface({ input: child.stdout });
  let address = '';
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const { msg, url, level } = parse(line);
      if (msg === 'listening') address = url ?? '';
      if (msg === 'ready') resolve(address);
      if ((level ?? 0) >= 40) process.stderr.write(`\n${line}\n`);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with exit code ${code} before it was ready`)));
  });
}

/** Starts the server over a model repository and a data folder, and waits until every model has loaded. */
export async function startServer(modelRepository: string, dataDir: string): Promise<ServerProcess> {
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', METAERR_MODEL_REPOSITORY: modelRepository, METAERR_DATA_DIR: dataDir, LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [ENTRY.pathname], { env, stdio: ['ignore', 'pipe', 'inherit'] });
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
