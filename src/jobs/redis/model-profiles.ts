import type { RedisClient } from '../../ledger/redis/client.js';
import type { ModelProfile, ModelProfiles, PublishedProfile } from '../model-profiles.js';
import { byModelAndVersion } from '../profile-order.js';
import { redisTime } from './redis-time.js';

/**
 * The profiles in Redis: one HASH `<prefix>:profiles` for all models, so that they can be listed; JSON [model, version] -> milliseconds of
 * the last publication (of the clock of Redis, for those of servers differ), a blank, the profile as JSON.
 */
export function createRedisModelProfiles(client: RedisClient): ModelProfiles {
  const hash = `${client.prefix}:profiles`;
  const attempt = <T>(call: () => Promise<T>): Promise<T> => client.attempt('STORE_UNAVAILABLE', call);
  return {
    async publish(profile) {
      await attempt(async () => {
        const text = `${await redisTime(client)} ${JSON.stringify(profile)}`;
        await client.commands.hset(hash, fieldOf(profile.key.model, profile.key.version), text);
      });
    },
    async get(model, version) {
      const text = await attempt(() => client.commands.hget(hash, fieldOf(model, version)));
      return text === null ? null : published(text).profile;
    },
    async list() {
      const texts = await attempt(() => client.commands.hvals(hash));
      return texts.map(published).map(({ profile, publishedAt }): PublishedProfile => ({ ...profile, publishedAt })).sort(byModelAndVersion);
    },
  };
}

function fieldOf(model: string, version: number): string {
  return JSON.stringify([model, version]);
}

/** The text was written by this adapter only, so it is what the types say. */
function published(text: string): { readonly profile: ModelProfile; readonly publishedAt: number } {
  const blank = text.indexOf(' ');
  return { profile: JSON.parse(text.slice(blank + 1)) as ModelProfile, publishedAt: Number(text.slice(0, blank)) };
}
