import type { RedisClient } from '../../ledger/redis/client.js';
import type { ModelProfile, ModelProfiles } from '../model-profiles.js';
import { byModelAndVersion } from '../profile-order.js';

/** The profiles in Redis: one HASH `<prefix>:profiles` for all models, so that they can be listed; JSON [model, version] -> profile, JSON. */
export function createRedisModelProfiles(client: RedisClient): ModelProfiles {
  const hash = `${client.prefix}:profiles`;
  const attempt = <T>(call: () => Promise<T>): Promise<T> => client.attempt('STORE_UNAVAILABLE', call);
  return {
    async publish(profile) {
      await attempt(() => client.commands.hset(hash, fieldOf(profile.key.model, profile.key.version), JSON.stringify(profile)));
    },
    async get(model, version) {
      const text = await attempt(() => client.commands.hget(hash, fieldOf(model, version)));
      return text === null ? null : profileOf(text);
    },
    async list() {
      const texts = await attempt(() => client.commands.hvals(hash));
      return texts.map(profileOf).sort(byModelAndVersion);
    },
  };
}

function fieldOf(model: string, version: number): string {
  return JSON.stringify([model, version]);
}

/** The JSON text was written by this adapter only, so it is what the type says. */
function profileOf(text: string): ModelProfile {
  return JSON.parse(text) as ModelProfile;
}
