/** What an operator does to a model. */
export type OperationKind = 'load' | 'unload';

interface Operation {
  readonly kind: OperationKind;
  begun: boolean;
  done: Promise<void>;
}

/**
 * Loads and unloads of models. Those of one model run one after the other in the order of the calls; a call of the same kind as
 * the last one, which has not begun yet, shares it. So each caller gets the outcome of an operation that began after its call, and
 * no more than two equal ones are there at a time.
 */
export class ModelOperations {
  /** The last operation of each model that has one. */
  readonly #last = new Map<string, Operation>();

  run(model: string, kind: OperationKind, action: () => Promise<void>): Promise<void> {
    const last = this.#last.get(model);
    if (last !== undefined && !last.begun && last.kind === kind) return last.done;
    const operation: Operation = { kind, begun: false, done: Promise.resolve() };
    this.#last.set(model, operation);
    operation.done = this.#perform(model, operation, last?.done ?? Promise.resolve(), action);
    return operation.done;
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled([...this.#last.values()].map(({ done }) => done));
  }

  async #perform(model: string, operation: Operation, before: Promise<void>, action: () => Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    operation.begun = true;
    try {
      await action();
    } finally {
      if (this.#last.get(model) === operation) this.#last.delete(model);
    }
  }
}
