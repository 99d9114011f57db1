import { createWorkerApp } from './app-worker.js';
import { loadWorkerConfig } from './config.js';
import { limitGarbage } from './system-heap.js';
import { runProcess } from './system-process.js';
import { RELEASE } from './system-release.js';
import { createWorkerSystem } from './system-worker.js';

limitGarbage();
await runProcess({
  loadConfig: loadWorkerConfig,
  createSystem: createWorkerSystem,
  createApp: (system, _config, logger) => createWorkerApp(system, logger),
  listening: () => ({ release: RELEASE }),
  ready: ({ missing }) => ({ missing: missing() }),
  threadSteps: [],
});
