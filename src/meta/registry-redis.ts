import { systemClock, type Clock } from '../core/clock.js';
import type { RedisClient } from '../ledger/redis/client.js';
import { Promotions, readMessage, writeMessage } from './registry-redis-promotions.js';
import { createMetaModelStore } from './registry-redis-store.js';
import { keepSubscribed } from './registry-redis-subscription.js';
import type { MetaModelRegistry } from './registry.js';

/**
 * The registry in Redis. Its connection for the promotions of other processes is opened with the first listener, so a process that only
 * reads and writes has none. The `onInterruption` listeners are also called when that connection stands for the first time: what was
 * promoted before is not heard of. Closed with the client.
 */
export function createRedisMetaRegistry(client: RedisClient, clock: Clock = systemClock): MetaModelRegistry {
  const store = createMetaModelStore(client);
  const attempt = <T>(call: () => Promise<T>): Promise<T> => client.attempt('STORE_UNAVAILABLE', call);
  const channel = channelOf(client);
  const promotions = new Promotions();
  const interruptionListeners: (() => void)[] = [];
  let listening = false;

  const listen = () => {
    if (listening) return;
    listening = true;
    keepSubscribed({
      client,
      channel,
      clock,
      onMessage(text) {
        const promotion = readMessage(text);
        if (promotion === null) client.logger.warn({ channel, length: text.length }, 'message that is no promotion, ignored');
        else promotions.heard(promotion);
      },
      onSubscribed() {
        for (const listener of interruptionListeners) listener();
      },
    });
  };

  return {
    add: (model) => attempt(() => store.add(model)),
    list: (model) => attempt(() => store.list(model)),
    get: (model, version) => attempt(() => store.get(model, version)),
    bytes: (model, version) => attempt(() => store.bytes(model, version)),
    champion: (key) => attempt(() => store.champion(key)),
    prune: (key, keep) => attempt(() => store.prune(key, keep)),
    forget: (key) => attempt(() => store.forget(key)),
    async promote(key, version, expectedChampion, at) {
      const promotion = { key, version, nonce: promotions.newNonce() };
      const announcement = { nonce: promotion.nonce, channel, message: writeMessage(promotion) };
      const promoted = await attempt(() => store.promote(key, version, expectedChampion, at, announcement));
      if (promoted) promotions.heard(promotion);
      return promoted;
    },
    onPromotion(listener) {
      promotions.add(listener);
      listen();
    },
    onInterruption(listener) {
      interruptionListeners.push(listener);
      listen();
    },
  };
}

/** Channels know no databases, unlike keys. */
function channelOf({ prefix, commands: { options } }: RedisClient): string {
  return `${prefix}:promotions:${'db' in options ? (options.db ?? 0) : 0}`;
}
