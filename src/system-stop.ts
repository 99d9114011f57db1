import { messageOf } from './core/errors.js';
import type { Logger } from './core/logger.js';

/** What was thrown and not caught. */
export interface Failure {
  readonly thrown: unknown;
}

/** The wish to end the process. */
export interface Stop {
  /** Resolves at the first signal with null, or with the first error that nobody caught. */
  readonly asked: Promise<Failure | null>;
}

/**
 * Waits for SIGTERM or SIGINT from now on. A second one ends the process by SIGKILL: leaving by itself during an engine run would
 * abort it.
 */
export function listenForStop(logger: Logger): Stop {
  const asked = new Promise<Failure | null>((resolve) => {
    let signals = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        signals += 1;
        if (signals > 1) process.kill(process.pid, 'SIGKILL');
        logger.info({ signal }, 'closing');
        resolve(null);
      });
    }
    process.on('uncaughtException', (thrown) => {
      logger.error({ err: messageOf(thrown), stack: thrown.stack }, 'an error was not caught; closing');
      resolve({ thrown });
    });
  });
  return { asked };
}
