import { parentPort } from 'node:worker_threads';
import type { LoadedSession, ModelSource, SessionOptions } from '../../src/engine/engine.js';
import { SessionHost } from '../../src/engine/thread-host.js';
import { serveCommands } from '../../src/engine/thread-server.js';

/** A real engine thread, but the load of a session named `held` says that it has begun and waits for leave to go on. */
class HeldHost extends SessionHost {
  override async load(id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSession> {
    if (id === 'held') await leave();
    return super.load(id, source, options);
  }
}

async function leave(): Promise<void> {
  const channel = new BroadcastChannel('engine-held-load');
  const given = new Promise((resolve) => (channel.onmessage = resolve));
  channel.postMessage('begun');
  await given;
  channel.close();
}

if (parentPort !== null) serveCommands(parentPort, new HeldHost());
