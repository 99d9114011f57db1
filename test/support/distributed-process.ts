import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ENTRIES = {
  server: fileURLToPath(new URL('../../src/server.js', import.meta.url)),
  worker: fileURLToPath(new URL('../../src/worker.js', import.meta.url)),
} as const;
const SHIFTED_CLOCK = new URL('./distributed-clock.js', import.meta.url).href;

export type Role = keyof typeof ENTRIES;

export interface ProcessOptions {
  readonly role: Role;
  /** Also the name of its log. */
  readonly name: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** How far its clock is ahead of this machine's; may be negative. */
  readonly clockShiftMilliseconds: number;
}

/** A line of a process's log. */
export interface LogLine {
  readonly msg: string;
  readonly level: number;
  readonly [field: string]: unknown;
}

/** Written into the log by this class. */
const ENDED = 'the process has ended';
const READY_MILLISECONDS = 150_000;
const ERROR_LEVEL = 50;
const MOST_LINES = 50_000;

/** What still runs when this process leaves goes with it. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A server or a worker as it ships, in a process of its own on a port that it keeps over restarts. */
export class ServiceProcess {
  readonly name: string;
  readonly role: Role;
  readonly url: string;
  /** Log lines of all its lives. */
  readonly lines: LogLine[] = [];
  /** When each of its lives ended by `kill`, milliseconds since 1970. */
  readonly killedAt: number[] = [];
  readonly #options: ProcessOptions;
  readonly #log: WriteStream;
  readonly #logged = new EventEmitter();
  #child: ChildProcess | null = null;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.name = options.name;
    this.role = options.role;
    this.url = `http://127.0.0.1:${options.port}`;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
    this.#logged.setMaxListeners(100);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Errors that it logged: something for which a person must act. */
  get errors(): readonly LogLine[] {
    return this.lines.filter(({ level }) => level >= ERROR_LEVEL);
  }

  /** Starts it, also again after its end; resolves when it says that it is ready. */
  async start(): Promise<void> {
    const { role, env, port, clockShiftMilliseconds } = this.#options;
    const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', HOST: '127.0.0.1', PORT: String(port), CLOCK_SHIFT_MILLISECONDS: String(clockShiftMilliseconds), ...env };
    const shifted = clockShiftMilliseconds === 0 ? [] : ['--import', SHIFTED_CLOCK];
    const from = this.lines.length;
    const child = spawn(process.execPath, [...shifted, ENTRIES[role]], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', (code, signal) => {
      running.delete(child);
      this.#take(JSON.stringify({ msg: ENDED, level: 30, pid: child.pid, end: code ?? signal }));
    });
    this.#read(child);
    const { msg } = await this.logged((line) => line.msg === 'ready' || (line.msg === ENDED && line['pid'] === child.pid), READY_MILLISECONDS, from);
    if (msg === ENDED) throw new Error(`${this.name} ended before it was ready; the end of its log: ${JSON.stringify(this.lines.slice(-5))}`);
  }

  /** Resolves with the first line from `from` (an index of `lines`) that fits, one that came already included. */
  logged(fits: (line: LogLine) => boolean, milliseconds: number, from = 0): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error(`${this.name} did not log it within ${milliseconds} ms; the end of its log: ${JSON.stringify(this.lines.slice(-5))}`))), milliseconds);
      const onLine = (line: LogLine) => {
        if (fits(line)) end(() => resolve(line));
      };
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#logged.off('line', onLine);
        settle();
      };
      this.#logged.on('line', onLine);
      const found = this.lines.slice(from).find(fits);
      if (found !== undefined) onLine(found);
    });
  }

  /** Ends it by a signal and resolves with its exit code, or the signal that ended it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string | null> {
    const child = this.#child;
    if (child === null) return null;
    this.#child = null;
    this.killedAt.push(Date.now());
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    const [code, by] = (await exited) as [number | null, string | null];
    return code ?? by;
  }

  /** SIGKILL, and a new life on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  #read(child: ChildProcess): void {
    if (child.stdout === null || child.stderr === null) throw new Error('the process has no output');
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#take(JSON.stringify({ msg: line, level: ERROR_LEVEL, stderr: true })));
  }

  #take(text: string): void {
    if (this.#log.writable) this.#log.write(`${text}\n`);
    let line: LogLine;
    try {
      line = JSON.parse(text) as LogLine;
    } catch {
      line = { msg: text, level: 30 };
    }
    if (this.lines.length < MOST_LINES) this.lines.push(line);
    this.#logged.emit('line', line);
  }
}
