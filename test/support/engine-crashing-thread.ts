import { parentPort } from 'node:worker_threads';
import type { LoadedSession, ModelSource, RunReply, RunRequest, SessionOptions } from '../../src/engine/engine.js';
import { SessionHost } from '../../src/engine/thread-host.js';
import { serveCommands } from '../../src/engine/thread-server.js';

/** The first number of a tensor whose run ends the thread. */
export const CRASH = -4711;

/** A real engine thread, but a run with a tensor named `crash`, or one that begins with CRASH, ends it and so does the load of a session named `crash`. */
class CrashingHost extends SessionHost {
  override async run(request: RunRequest): Promise<RunReply> {
    if ('crash' in request.tensors || Object.values(request.tensors).some(({ data }) => data[0] === CRASH)) process.exit(7);
    return super.run(request);
  }

  override async load(id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSession> {
    if (id === 'crash') process.exit(9);
    return super.load(id, source, options);
  }
}

if (parentPort !== null) serveCommands(parentPort, new CrashingHost());
