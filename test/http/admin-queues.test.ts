import t, { type Test } from 'tap';
import { Queue } from 'bullmq';
import { createLogger } from '../../src/core/logger.js';
import { createBoardQueues } from '../../src/jobs/bull/board.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { startApp, type TestApp } from '../support/http-app.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const KEY = 'a-key-of-the-operator:1';
const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
const QUEUES = '/admin/queues/api/queues?page=1&jobsPerPage=10';

interface Queues {
  readonly queues: readonly { readonly name: string; readonly readOnlyMode: boolean; readonly counts: Readonly<Record<string, number>>; readonly jobs: readonly { readonly data: unknown }[] }[];
}
interface ErrorBody {
  readonly error: { readonly code: string };
}

function clientOf(t: Test, url: string): RedisClient {
  const client = new RedisClient({ url, timeoutMilliseconds: 500, prefix: 'test', name: 'board', logger: createLogger('silent') });
  t.teardown(() => client.close());
  return client;
}

async function start(t: Test, env: Readonly<Record<string, string>> = {}): Promise<TestApp & { readonly redis: RedisServer; readonly client: RedisClient }> {
  const redis = await startRedis(t);
  const client = clientOf(t, redis.url);
  await client.whenConnected(10_000);
  const board = createBoardQueues(client);
  const app = await startApp(t, { models: {}, env, board: () => board });
  t.teardown(() => board.close());
  return { ...app, redis, client };
}

t.test('the page, its files and what it shows', async (t) => {
  const { call, client } = await start(t);
  const queue = new Queue('retrain', { connection: client.commands, prefix: '{test}' });
  await queue.add('retrain', { model: 'iris' });
  await queue.close();

  for (const url of ['/admin/queues', '/admin/queues/', '/admin/queues/queue/retrain', '/admin/queues/queue/retrain/1']) {
    const page = await call<string>({ url });
    t.equal(page.status, 200, url);
    t.match(page.headers['content-type'], /^text\/html/);
    t.match(page.body, '<base href="/admin/queues/" />');
    t.match(page.headers['content-security-policy'], /default-src 'self'/);
  }
  const { body: page } = await call<string>({ url: '/admin/queues' });
  const files = [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file);
  t.ok(files.length >= 3, files.join(', '));
  for (const file of files) t.equal((await call({ url: `/admin/queues/${file}` })).status, 200, String(file));

  const { status, body } = await call<Queues>({ url: `${QUEUES}&activeQueue=retrain` });
  t.equal(status, 200);
  t.match(body.queues, [{ name: 'retrain', readOnlyMode: true, counts: { waiting: 1 } }, { name: 'recurring', readOnlyMode: true, counts: { waiting: 0 } }]);
  t.same(body.queues[0]?.jobs.map(({ data }) => data), [{ model: 'iris' }]);
  t.match((await call({ url: '/admin/queues/api/redis/stats' })).body, { version: /\d/ });
});

t.test('it only shows: nothing can be changed by it', async (t) => {
  const { call, client } = await start(t);
  const queue = new Queue('retrain', { connection: client.commands, prefix: '{test}' });
  const job = await queue.add('retrain', { model: 'iris' });
  const attempts = [
    ...['pause', 'resume', 'empty', 'obliterate', 'promote', 'clean/wait', 'retry/failed', 'concurrency', `${job.id}/retry`, `${job.id}/clean`, `${job.id}/promote`, `${job.id}/update-data`].map((what) => ({ method: 'PUT' as const, url: `/admin/queues/api/queues/retrain/${what}`, payload: {} })),
    { method: 'POST' as const, url: '/admin/queues/api/queues/retrain/add', payload: { name: 'x', data: {}, options: {} } },
  ];
  for (const attempt of attempts) {
    const { status } = await call(attempt);
    t.ok(status >= 400 && status < 500, `${attempt.url} ${status}`);
  }
  // It pauses all that may be changed, which is none.
  await call({ method: 'PUT', url: '/admin/queues/api/queues/pause', payload: {} });
  t.equal(await queue.isPaused(), false);
  t.match(await queue.getJobCounts(), { waiting: 1 });
  t.same((await queue.getJob(job.id ?? ''))?.data, { model: 'iris' });
  await queue.close();
});

t.test('it is guarded by the admin key, which a browser asks for as a password', async (t) => {
  const { call } = await start(t, { METAERR_ADMIN_KEY: KEY });
  for (const url of ['/admin/queues', QUEUES, '/admin/queues/static/favicon.ico']) {
    for (const headers of [{}, basic('admin', 'wrong'), basic(KEY, ''), { authorization: `Basic ${btoa(KEY.replace(':', ''))}` }, { authorization: 'Bearer wrong' }]) {
      const reply = await call<ErrorBody>({ url, headers });
      t.equal(reply.status, 401, `${url} ${JSON.stringify(headers)}`);
      t.equal(reply.body.error.code, 'ADMIN_KEY_REQUIRED');
      t.match(reply.headers['www-authenticate'], /^Basic realm="metaerr"/);
    }
    for (const headers of [basic('anybody', KEY), basic('', KEY), { authorization: `Bearer ${KEY}` }, { authorization: `bearer ${KEY}` }]) t.equal((await call({ url, headers })).status, 200, url);
  }
});

t.test('it does not disturb the other routes, nor their document', async (t) => {
  const { call, app } = await start(t);
  t.notMatch(JSON.stringify(app.swagger()), /admin\/queues|bull/i);
  for (const url of ['/admin', '/admin/queues/nothing', '/admin/queues/static/nothing.js', '/admin/queues/static/../../../package.json', '/admin/queues/static/%2e%2e/index.ejs']) {
    const { status, body, headers } = await call<ErrorBody>({ url });
    t.equal(status, 404, url);
    t.equal(body.error.code, 'ROUTE_NOT_FOUND');
    t.ok(headers['x-request-id']);
  }
  t.equal((await call<ErrorBody>({ method: 'POST', url: '/admin/queues/api/queues' })).status, 405);
  t.equal((await call({ url: '/docs' })).status, 200);
  t.equal((await call({ url: '/admin/queues/static/favicon.ico' })).status, 200);
  t.match((await call<string>({ url: '/metrics' })).body, /route="\/admin\/queues\/static\/\*"/, 'metrics know its routes by their patterns');
});

t.test('Redis away: the page stands, its data is refused in time, and all comes back', async (t) => {
  const { call, redis, client } = await start(t);
  const refused = async (what: string) => {
    for (const url of [QUEUES, '/admin/queues/api/redis/stats', '/admin/queues/api/queues/retrain/1', '/admin/queues/api/job-schedulers']) {
      const { status, body, headers } = await call<ErrorBody>({ url });
      t.equal(status, 503, `${what}: ${url}`);
      t.match(body, { error: { code: 'STORE_UNAVAILABLE', key: 'STORE_UNAVAILABLE' }, message: /Redis/ }, 'with what the page shows of it');
      t.match(headers['retry-after'], /^\d+$/);
    }
    t.equal((await call({ url: '/admin/queues' })).status, 200);
  };
  redis.suspend();
  await refused('it hangs');
  redis.resume();
  await redis.stop();
  await refused('it is stopped');
  await redis.start();
  await client.whenConnected(20_000);
  t.equal((await call({ url: QUEUES })).status, 200);
});

t.test('Redis that was never there is shown when it comes', async (t) => {
  const redis = await startRedis(t);
  await redis.stop();
  const client = clientOf(t, redis.url);
  const board = createBoardQueues(client);
  const { call } = await startApp(t, { models: {}, board: () => board });
  t.teardown(() => board.close());
  t.equal((await call({ url: QUEUES })).status, 503);
  await redis.start();
  await client.whenConnected(20_000);
  t.equal((await call({ url: QUEUES })).status, 200);
});

t.test('without queues there is no page', async (t) => {
  const { call } = await startApp(t, { models: {} });
  t.equal((await call({ url: '/admin/queues' })).status, 404);
});
