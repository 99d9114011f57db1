import { parentPort } from 'node:worker_threads';
import { SessionHost } from '../engine/thread-host.js';
import { serveCommands } from '../engine/thread-server.js';

/** Entry of an engine thread: its sessions run here, so that no other event loop waits for them. */
if (parentPort === null) throw new Error('the engine thread must be started as a worker thread');
serveCommands(parentPort, new SessionHost());
