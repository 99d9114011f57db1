import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { Acknowledged } from './ledger-child.js';

/** A writing child process. */
export interface WritingChild {
  /** Everything acknowledged so far. */
  readonly lines: readonly Acknowledged[];
  /** Resolves when so many lines have come; rejects when the process ends before. */
  acknowledged(lines: number): Promise<void>;
  /** SIGKILL; resolves when the process is gone and all that it printed is read. */
  kill(): Promise<void>;
}

export function startWritingChild(t: Test, dataDir: string, model: string): WritingChild {
  const script = fileURLToPath(new URL('./ledger-child.js', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, dataDir, model], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('the child has no standard output');
  const lines: Acknowledged[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    // The last line may be cut by the kill.
    if (line.endsWith('}')) lines.push(JSON.parse(line) as Acknowledged);
  });
  const closed = once(reader, 'close');
  return {
    lines,
    async acknowledged(count) {
      while (lines.length < count) {
        const what = await Promise.race([once(reader, 'line'), closed.then(() => null)]);
        if (what === null && lines.length < count) throw new Error('the child ended early');
      }
    },
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await closed;
    },
  };
}
