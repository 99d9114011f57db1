import type { Logger } from '../../core/logger.js';
import { messageOf } from '../../core/errors.js';
import type { RedisClient } from '../../ledger/redis/client.js';
import { queueBase } from './open-queue.js';

/** Tells the worker that runs a job that it was cancelled: ids of jobs, by pub/sub. */
export class CancelChannel {
  readonly #client: RedisClient;
  readonly #channel: string;
  readonly #logger: Logger;
  #leave: () => void = () => undefined;

  constructor(client: RedisClient, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
    this.#channel = `${queueBase(client)}cancel`;
  }

  /** Nobody may hear it (a worker that is cut off): who sends it looks after the job and sends it again, and workers look for themselves. */
  async send(id: string): Promise<void> {
    await this.#client.attempt('STORE_UNAVAILABLE', () => this.#client.commands.publish(this.#channel, id));
  }

  /** Hears what is sent while it is connected. */
  listen(hear: (id: string) => void): void {
    const connection = this.#client.connect('subscriber');
    this.#leave = () => connection.disconnect();
    connection.on('message', (_channel: string, id: string) => hear(id));
    connection.on('ready', () => {
      connection.subscribe(this.#channel).catch((error: unknown) => {
        this.#logger.debug({ err: messageOf(error) }, 'cancellations are not heard');
      });
    });
  }

  close(): void {
    this.#leave();
  }
}
