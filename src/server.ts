import { createApp } from './app.js';
import { loadConfig } from './config.js';
import { createSystem } from './system.js';
import { limitGarbage } from './system-heap.js';
import { runProcess } from './system-process.js';
import { RELEASE } from './system-release.js';

limitGarbage();
await runProcess({
  loadConfig,
  createSystem,
  createApp: (system, { bodyLimitBytes, adminKey, ui }, logger) => createApp(system, { bodyLimitBytes, adminKey, board: system.board, ui, logger }),
  listening: ({ modelRepository, dataDir, redis }) => ({ release: RELEASE, models: modelRepository, ...(redis === null && { data: dataDir }) }),
  ready: ({ catalogue }) => ({ models: catalogue.list().map(({ name, version, state, reason }) => ({ name, version, state, reason })) }),
  threadSteps: ['sessions', 'store'],
});
