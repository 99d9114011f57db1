import type { Clock, Timer } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import { loadedModels } from '../inference/loaded-models.js';
import { profileOf, type ModelProfiles } from './model-profiles.js';

/** A store that lost its data learns of the models again within this time. */
const ROUND_MILLISECONDS = 30_000;

export interface ProfilePublisherOptions {
  readonly catalogue: ModelCatalogue;
  readonly profiles: Pick<ModelProfiles, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ProfilePublisher {
  /** Publishes every loaded model now and from time to time; what fails is tried again. */
  start(): void;
  /** Publishes the loaded model of this name and version; rejects where that fails. Nothing happens when it is not loaded. */
  publish(model: string, version: number): Promise<void>;
  close(): Promise<void>;
}

/** Lets the workers know of the models that are served here. */
export function createProfilePublisher({ catalogue, profiles, clock, logger }: ProfilePublisherOptions): ProfilePublisher {
  let timer: Timer | null = null;
  let round: Promise<void> = Promise.resolve();
  let closed = false;
  const publishAll = async (): Promise<void> => {
    try {
      for (const model of loadedModels(catalogue)) await profiles.publish(profileOf(model));
    } catch (error) {
      logger.warn({ err: messageOf(error) }, 'profiles of the models could not be published');
    }
    if (!closed) timer = clock.after(ROUND_MILLISECONDS, begin);
  };
  const begin = (): void => {
    if (closed) return;
    round = publishAll();
  };
  return {
    start: begin,
    async publish(model, version) {
      const found = loadedModels(catalogue).find(({ key }) => key.model === model && key.version === version);
      if (found !== undefined) await profiles.publish(profileOf(found));
    },
    async close() {
      closed = true;
      timer?.cancel();
      await round;
    },
  };
}
