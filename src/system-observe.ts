import { watchEventLoop } from './core/event-loop-delay.js';
import type { Lifecycle } from './core/lifecycle.js';
import type { Metrics } from './core/metrics.js';

/** Shows what the process is and how promptly its main thread works; ends with the step that it adds. */
export function observeProcess(metrics: Metrics, lifecycle: Lifecycle, { role, mode }: { readonly role: 'server' | 'worker'; readonly mode: 'embedded' | 'distributed' }): void {
  metrics.processInfo.set({ role, mode }, 1);
  lifecycle.add('event loop', watchEventLoop(metrics.eventLoopDelay));
}
