import { parentPort } from 'node:worker_threads';
import type { LoadedSession, ModelSource, RunReply, RunRequest, SessionOptions } from '../../src/engine/engine.js';
import { SessionHost } from '../../src/engine/thread-host.js';
import { serveCommands } from '../../src/engine/thread-server.js';

/** A real engine thread, but a run with a tensor named `crash` ends it and so does the load of a session named `crash`. */
class CrashingHost extends SessionHost {
  override async run(request: RunRequest): Promise<RunReply> {
    if ('crash' in request.tensors) process.exit(7);
    return super.run(request);
  }

  override async load(id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSession> {
    if (id === 'crash') process.exit(9);
    return super.load(id, source, options);
  }
}

if (parentPort !== null) serveCommands(parentPort, new CrashingHost());
