import t from 'tap';
import type { Test } from 'tap';
import { systemClock } from '../../src/core/clock.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import type { ModelRepository } from '../../src/inference/repository/model-repository.js';
import { createChampionFollower, createNoFollower } from '../../src/jobs/champion-follower.js';
import { createChampionWatch } from '../../src/jobs/champion-watch.js';
import { createRedisMetaRegistry } from '../../src/meta/registry-redis.js';
import type { MetaModelRegistry } from '../../src/meta/registry.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { connectedClient, newClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';
import { startRepository } from '../support/repository-fixture.js';
import { constantMetaModel, scoreModel } from '../support/repository-models.js';
import { recordingLogger } from '../support/recording-logger.js';
import { within } from '../support/within.js';

const FILES = { 'm/1/model.onnx': scoreModel({ last: 'Softmax' }) };
const HEARD_MILLISECONDS = 1_000;
const BACK_MILLISECONDS = 15_000;

/** What a server has: models on real engine threads, and a watch over the registry. */
async function startServer(t: Test, registry: MetaModelRegistry) {
  const logger = recordingLogger();
  const started = await startRepository(t, FILES, { registry, logger });
  const watch = startWatch(t, registry, started.repository, logger);
  await started.repository.loadAll();
  return { ...started, logger, watch, serving: () => started.catalogue.loaded('m').meta?.version ?? 0 };
}

function startWatch(t: Test, registry: MetaModelRegistry, { catalogue, swapper }: ModelRepository, logger = recordingLogger()) {
  const champions = createChampionFollower(registry, swapper);
  const watch = createChampionWatch({ registry, champions, catalogue, clock: systemClock, logger });
  t.teardown(() => watch.close());
  watch.start();
  return champions;
}

async function promoteNew(registry: MetaModelRegistry, { key, features: { layout } }: Pick<LoadedModel, 'key' | 'features'>): Promise<number> {
  const version = await registry.add(newModel({ key, featureSchema: layout.schema, onnx: constantMetaModel(layout.width, 0.25) }));
  await registry.promote(key, version, (await registry.champion(key))?.version ?? null, 1);
  return version;
}

const swapsIn = (lines: readonly { readonly message: string }[]) => lines.filter(({ message }) => message === 'meta-model swapped').length;

await t.test('a promotion by a worker serves on every server within a second', async (t) => {
  const redis = await startRedis(t);
  const open = async () => createRedisMetaRegistry(await connectedClient(t, redis.url));
  const servers = [await startServer(t, await open()), await startServer(t, await open())];
  const worker = await open();
  const [first] = servers;
  if (first === undefined) throw new Error('no server');
  const model = first.catalogue.loaded('m');
  // The watch is subscribed once it has brought in what was promoted before or meanwhile.
  for (let i = 1; i <= 5; i++) {
    const version = await promoteNew(worker, model);
    t.equal(await createNoFollower(worker).follow(model.key), version);
    // It serves a moment before it is told in the log.
    const isThere = ({ serving, logger }: (typeof servers)[number]) => serving() === version && swapsIn(logger.lines) === i;
    await within(i === 1 ? BACK_MILLISECONDS : HEARD_MILLISECONDS, () => servers.every(isThere));
  }
  for (const { logger } of servers) {
    t.same(logger.lines.filter(({ level }) => level === 'warn' || level === 'error'), []);
    t.equal(swapsIn(logger.lines), 5);
  }
});

await t.test('who promotes and hears of it loads the champion once', async (t) => {
  const redis = await startRedis(t);
  const registry = createRedisMetaRegistry(await connectedClient(t, redis.url));
  const { catalogue, watch, logger, serving } = await startServer(t, registry);
  const version = await promoteNew(registry, catalogue.loaded('m'));
  t.equal(await watch.follow(catalogue.loaded('m').key), version);
  await watch.follow(catalogue.loaded('m').key);
  t.equal(serving(), version);
  t.equal(swapsIn(logger.lines), 1);
});

await t.test('a server that starts without Redis serves cold, and its champion comes with Redis', async (t) => {
  const redis = await startRedis(t);
  const registry = createRedisMetaRegistry(await connectedClient(t, redis.url));
  const version = await promoteNew(registry, (await startServer(t, registry)).catalogue.loaded('m'));
  await redis.kill();
  const { catalogue, serving, logger } = await startServer(t, createRedisMetaRegistry(newClient(t, redis.url).client));
  t.equal(catalogue.get('m').state, 'ready');
  t.equal(serving(), 0);
  const told = logger.lines.filter(({ message }) => message === 'the registry of meta-models cannot be reached, the model starts cold until it can');
  t.match(told, [{ level: 'warn', fields: { model: 'm', version: 1 } }], 'once');
  await redis.start();
  await within(BACK_MILLISECONDS, () => serving() === version);
  t.same(logger.lines.filter(({ level }) => level === 'error'), []);
});

await t.test('a promotion while the model is loading is not lost', async (t) => {
  const redis = await startRedis(t);
  const registry = createRedisMetaRegistry(await connectedClient(t, redis.url));
  const elsewhere = createRedisMetaRegistry(await connectedClient(t, redis.url));
  const layout = (await startServer(t, registry)).catalogue.loaded('m').features;
  let promoted = 0;
  let loading = false;
  const slow: MetaModelRegistry = {
    ...registry,
    // The load has read the champion when another one comes.
    async champion(key) {
      const before = await registry.champion(key);
      if (loading && promoted === 0) promoted = await promoteNew(elsewhere, { key, features: layout });
      return before;
    },
  };
  const { repository, catalogue } = await startRepository(t, FILES, { registry: slow });
  startWatch(t, registry, repository);
  loading = true;
  await repository.loadAll();
  t.equal(promoted, 1);
  t.equal(catalogue.loaded('m').meta?.version, 1);
});
