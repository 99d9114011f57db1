/** A process of `runProcess` whose system does what a real one does only in trouble; the mode is its argument. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkerApp } from '../../src/app-worker.js';
import { loadConfig } from '../../src/config.js';
import { Lifecycle } from '../../src/core/lifecycle.js';
import { createMetrics } from '../../src/core/metrics.js';
import { runProcess } from '../../src/system-process.js';

const mode = process.argv[2] ?? '';
const never = () => new Promise<void>(() => undefined);

await runProcess({
  loadConfig,
  async createSystem(_config, logger) {
    if (mode === 'slow-creation') {
      logger.info({}, 'creating');
      await sleep(300);
    }
    if (mode === 'creation-fails') throw new Error('no store');
    const metrics = createMetrics();
    metrics.ledgerQueueRows.set(mode === 'clean' ? 0 : 7);
    const lifecycle = new Lifecycle(logger);
    lifecycle.add('queue', () => (mode.startsWith('hangs') ? never() : undefined), 50);
    lifecycle.add('sessions', () => (mode === 'hangs-in-thread' ? never() : undefined), 50);
    lifecycle.add('last', () => logger.info({}, 'last step'));
    // What a hanging store leaves behind: something that keeps the process alive.
    if (mode.startsWith('hangs')) setInterval(() => undefined, 1_000);
    return {
      metrics,
      missing: () => [],
      refusal: () => null,
      refuse: () => logger.info({}, 'refused'),
      async start() {
        if (mode === 'start-fails') throw new Error('no consumer');
        if (mode === 'uncaught') setImmediate(() => void Promise.reject(new Error('nobody caught this')));
        if (mode === 'slow-start') await sleep(600);
      },
      close: () => lifecycle.close(),
    };
  },
  createApp: (system, _config, logger) => createWorkerApp(system, logger),
  listening: () => ({}),
  ready: () => ({}),
  threadSteps: ['sessions'],
});
