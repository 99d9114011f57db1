import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Teardown } from './teardown.js';

export interface RedisServerOptions {
  /** Further lines of its configuration, as command-line arguments: ['--appendfsync', 'always']. */
  readonly arguments?: readonly string[];
  /** 0: no plain port (TLS only). */
  readonly port?: number;
}

let program: Promise<string> | null = null;

/** The redis-server of this machine, found or fetched by scripts/redis-server.mjs. */
export function redisProgram(): Promise<string> {
  program ??= promisify(execFile)(process.execPath, ['scripts/redis-server.mjs']).then(({ stdout }) => stdout.trim());
  return program;
}

/** Below the ports that the system gives to outgoing connections: a client that calls a stopped server again and again could else connect to itself. */
const FIRST_PORT = 12_000;
const PORTS = 10_000;
const PORT_TRIES = 50;

/** A port of loopback that was free a moment ago, from 12000 to 21999; with `offset`, so was the one that lies so much higher. */
export async function freePort(offset = 0): Promise<number> {
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const port = FIRST_PORT + randomInt(PORTS);
    if ((await isFree(port)) && (offset === 0 || (await isFree(port + offset)))) return port;
  }
  throw new Error('no free port');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** What still runs when the test's process leaves goes with it. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A real redis-server on loopback with an append-only file in a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly folder: string;
  readonly #options: RedisServerOptions;
  #process: ChildProcess | null = null;

  constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'metaerr-redis-'));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, also again after `stop` or `kill`: it then reads its append-only file. Resolves when it takes connections. */
  async start(): Promise<void> {
    const port = this.#options.port ?? this.port;
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', ...(this.#options.arguments ?? [])];
    const child = spawn(await redisProgram(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    let log = '';
    child.stdout.setEncoding('utf8');
    for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
      log += String(text);
      if (log.includes('Ready to accept connections')) break;
    }
    if (!log.includes('Ready to accept connections')) throw new Error(`redis-server did not start: ${log}`);
    child.stdout.resume();
  }

  /** SIGTERM: it writes its files and leaves. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** It hangs: connections stay open and nothing is answered, until `resume`. */
  suspend(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
  }
}

/** Starts a redis-server that is stopped and removed at the end of the test. */
export async function startRedis(t: Teardown, options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = new RedisServer(await freePort(), options);
  t.teardown(() => server.dispose());
  await server.start();
  return server;
}
