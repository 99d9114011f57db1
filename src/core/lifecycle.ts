import { messageOf } from './errors.js';
import type { Logger } from './logger.js';

interface ClosingStep {
  readonly name: string;
  readonly withinMilliseconds: number;
  close(): Promise<void> | void;
}

const MOST_MILLISECONDS = 10_000;

/** Closing did not go as it should; `steps` names those that failed or took too long. */
export class ClosingError extends AggregateError {
  override readonly name = 'ClosingError';
  readonly steps: readonly string[];

  constructor(failures: readonly { readonly step: string; readonly error: unknown }[]) {
    super(failures.map(({ error }) => error), `closing failed: ${failures.map(({ step, error }) => `${step} (${messageOf(error)})`).join(', ')}`);
    this.steps = failures.map(({ step }) => step);
  }
}

/**
 * Closing in a fixed order: every step begins exactly once, also when an earlier one fails; steps run in the order in
 * which they were added. A step that takes too long is left behind, so that what cannot be reached any more does not keep the rest
 * from being closed. Rejects at the end with a ClosingError when a step failed or was left behind.
 */
export class Lifecycle {
  readonly #steps: ClosingStep[] = [];
  readonly #logger: Logger;
  #closing: Promise<void> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: () => Promise<void> | void, withinMilliseconds = MOST_MILLISECONDS): void {
    this.#steps.push({ name, close, withinMilliseconds });
  }

  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const failures: { step: string; error: unknown }[] = [];
    for (const step of this.#steps) {
      try {
        await inTime(step);
      } catch (error) {
        failures.push({ step: step.name, error });
        this.#logger.error({ err: messageOf(error), step: step.name }, 'closing step failed');
      }
    }
    if (failures.length > 0) throw new ClosingError(failures);
  }
}

async function inTime({ close, withinMilliseconds }: ClosingStep): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${withinMilliseconds} ms`)), withinMilliseconds);
  });
  try {
    await Promise.race([close(), late]);
  } finally {
    clearTimeout(timer);
  }
}
