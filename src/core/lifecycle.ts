import { messageOf } from './errors.js';
import type { Logger } from './logger.js';

export interface ClosingStep {
  readonly name: string;
  close(): Promise<void> | void;
}

/**
 * Closing in a fixed order: every step runs exactly once, also when an earlier one fails; steps run in the order in
 * which they were added. Rejects at the end with all failures when there were any.
 */
export class Lifecycle {
  readonly #steps: ClosingStep[] = [];
  readonly #logger: Logger;
  #closing: Promise<void> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#steps.push({ name, close });
  }

  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps) {
      try {
        await step.close();
      } catch (error) {
        failures.push(error);
        this.#logger.error({ err: messageOf(error), step: step.name }, 'closing step failed');
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'closing failed');
  }
}
