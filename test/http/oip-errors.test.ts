import t from 'tap';
import type { StatisticsUseCase } from '../../src/inference/contracts.js';
import { linearClassifier } from '../support/http-models.js';
import { startOip } from '../support/http-oip.js';

const models = { m: { onnx: linearClassifier(2, 3) } };

t.test('wrong methods', async (t) => {
  const app = await startOip(t, { models });
  const gets = ['/v2', '/v2/health/live', '/v2/health/ready', '/v2/models', '/v2/models/stats', ...['m', 'm/versions/1'].flatMap((model) => ['', '/ready', '/config', '/stats'].map((tail) => `/v2/models/${model}${tail}`))];
  const posts = ['/v2/models/m/infer', '/v2/models/m/versions/1/infer', '/v2/repository/index', '/v2/repository/models/m/load', '/v2/repository/models/m/unload'];
  for (const path of gets) {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await app.send({ method, path });
      t.equal(status, 405, `${method} ${path}`);
      t.equal(headers['allow'], 'GET, HEAD');
    }
  }
  for (const path of posts) {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await app.send({ method, path });
      t.equal(status, 405, `${method} ${path}`);
      t.equal(headers['allow'], 'POST');
    }
    t.equal((await app.send({ method: 'PUT', path, headers: { 'Content-Type': 'nonsense' }, body: '{' })).status, 405, 'whatever the body');
  }
});

t.test('paths that no route has', async (t) => {
  const app = await startOip(t, { models });
  for (const path of ['/v2/nothing', '/v2/models/m/nothing', '/v2/repository', '/v2/models/m/versions', '/v2/trace/setting', '/v2/systemsharedmemory/status', '/v2?x/y/z', '/v2/health']) {
    const known = path.startsWith('/v2?');
    for (const method of ['GET', 'POST']) {
      const { status } = await app.send({ method, path, headers: { 'Content-Type': 'nonsense' } });
      t.equal(status, known ? (method === 'GET' ? 200 : 405) : 404, `${method} ${path}`);
    }
  }
  const elsewhere = await app.app.inject({ method: 'GET', url: '/v2x' });
  t.match(elsewhere.json(), { error: { code: 'ROUTE_NOT_FOUND' } }, 'other paths have the errors of the other routes');
});

t.test('what Fastify refuses before a route is called', async (t) => {
  const app = await startOip(t, { models });
  for (const path of ['/v2/models/%', '/v2/models/%ff', '/v2/models/%E0%A4%A', `/v2/models/${'a'.repeat(5000)}`]) {
    t.equal((await app.send({ method: 'GET', path })).status, 400, path.slice(0, 40));
    t.equal((await app.send({ path: `${path}/infer`, body: '{}' })).status, 400);
  }
  t.equal((await app.send({ method: 'GET', path: '/v%32/models/absent' })).status, 404, 'an escaped path');
});

t.test('a defect is told as one, without its details', async (t) => {
  const statistics: StatisticsUseCase = {
    statistics() {
      throw new TypeError('a secret detail');
    },
  };
  const app = await startOip(t, { models, services: () => ({ statistics }) });
  const { status, body } = await app.send({ method: 'GET', path: '/v2/models/m/stats' });
  t.equal(status, 500);
  t.match(body.toString(), /defect/);
  t.notMatch(body.toString(), /secret/);
});

t.test('the request id of the client is in the reply', async (t) => {
  const app = await startOip(t, { models });
  for (const path of ['/v2', '/v2/nothing', '/v2/models/%']) {
    const { headers } = await app.send({ method: 'GET', path, headers: { 'X-Request-Id': 'mine-7' } });
    t.equal(headers['x-request-id'], 'mine-7', path);
  }
});

t.test('metrics know routes, not paths', async (t) => {
  const app = await startOip(t, { models });
  for (const path of ['/v2/models/m', '/v2/models/stranger1', '/v2/models/stranger2', '/v2/nothing3']) await app.send({ method: 'GET', path });
  const text = await app.system.metrics.registry.metrics();
  t.match(text, /route="\/v2\/models\/:model"/);
  t.notMatch(text, /stranger|nothing3/);
});
