import t, { type Test } from 'tap';
import { follow, spawnWorker, startWorker, type RunningServer } from '../support/http-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

interface Ready {
  readonly ready: boolean;
  readonly missing: readonly string[];
}

const environmentOf = (redis: RedisServer) => ({ REDIS_URL: redis.url, METAERR_REDIS_TIMEOUT_MILLISECONDS: '300', METAERR_SHUTDOWN_SECONDS: '0' });

async function start(t: Test, redis: RedisServer): Promise<RunningServer> {
  const worker = await startWorker(environmentOf(redis));
  t.teardown(() => worker.child.kill('SIGKILL'));
  return worker;
}

/** Asks until it is (not) ready; the test's own time-out bounds it. */
async function whenReady(worker: RunningServer, ready: boolean): Promise<Ready> {
  for (;;) {
    const { body } = await worker.get<Ready>('/readyz');
    if (body.ready === ready) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const metricsOf = async (worker: RunningServer) => (await fetch(`${worker.url}/metrics`)).text();

t.test('a worker without REDIS_URL does not start', async (t) => {
  const worker = follow(spawnWorker({ PORT: 'eighty' }));
  t.equal(await worker.ended, 1);
  for (const expected of [/CONFIG_INVALID/, /REDIS_URL is not set/, /PORT/]) t.match(worker.words(), expected);
});

t.test('it is ready while Redis answers, says what is missing, and comes back by itself', async (t) => {
  const redis = await startRedis(t);
  const worker = await start(t, redis);
  t.same((await whenReady(worker, true)).missing, []);
  t.match(await metricsOf(worker), /^metaerr_redis_up 1$/m);
  t.match(await metricsOf(worker), /^metaerr_jobs\{state="waiting"\} 0$/m);

  await redis.stop();
  t.match((await whenReady(worker, false)).missing.join(), /redis/i);
  const metrics = await metricsOf(worker);
  t.match(metrics, /^metaerr_redis_up 0$/m);
  t.notMatch(metrics, /^metaerr_jobs\{/m);
  t.equal((await worker.get('/healthz')).status, 200, 'it lives');

  await redis.start();
  await whenReady(worker, true);
  t.match(await metricsOf(worker), /^metaerr_redis_up 1$/m);
  worker.child.kill('SIGTERM');
  t.equal(await worker.ended, 0);
});

t.test('a worker whose Redis is not there yet waits for it', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const worker = await start(t, redis);
  t.match((await whenReady(worker, false)).missing.join(), /redis/i);
  await redis.start();
  await whenReady(worker, true);
  worker.child.kill('SIGTERM');
  t.equal(await worker.ended, 0);
});

t.test('it closes cleanly while its Redis was never there', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const worker = await start(t, redis);
  worker.child.kill('SIGTERM');
  t.equal(await worker.ended, 0);
});

t.test('a Redis that hangs does not keep it from leaving', async (t) => {
  const redis = await startRedis(t);
  const worker = await start(t, redis);
  await whenReady(worker, true);
  redis.suspend();
  worker.child.kill('SIGTERM');
  t.type(await worker.ended, 'number', 'it leaves by itself');
});
