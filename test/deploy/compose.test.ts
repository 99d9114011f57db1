import { existsSync } from 'node:fs';
import t from 'tap';
import { loadConfig, loadWorkerConfig, SETTINGS } from '../../src/config.js';
import { startApp } from '../support/http-app.js';
import { startRedis } from '../support/redis-server.js';
import { RedisClient } from '../../src/ledger/redis/client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { faultsOf, readCompose, readJson, readYaml, SCHEMAS, validator } from './files.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly user?: string;
  readonly init?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface Scrape {
  readonly job_name: string;
  readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly type: string; readonly port: number }[];
}

const FILE = 'docker-compose.yml';
const { services, volumes } = readCompose<Compose>();
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`${FILE} has no service ${name}`);
  return found;
};
const ours = [service('server'), service('worker')];

t.test('the file is as the published schema says', async (t) => {
  const validate = validator(readJson(`${SCHEMAS}/compose-spec.json`));
  t.same(faultsOf(validate, readYaml(FILE)), []);
  t.not(faultsOf(validate, { services: { server: { imag: 'x' } } }).length, 0, 'the schema refuses a misspelt name');
  t.same(Object.keys(services).sort(), ['grafana', 'prometheus', 'redis', 'server', 'worker']);
});

t.test('every variable has a default', async (t) => {
  t.notMatch(JSON.stringify(readCompose()), /\$\{/);
});

t.test('server and worker are one image without rights', async (t) => {
  t.equal(new Set(ours.map(({ image, build }) => `${image} ${build}`)).size, 1);
  for (const each of ours) {
    t.equal(each.read_only, true);
    t.same(each.cap_drop, ['ALL']);
    t.same(each.security_opt, ['no-new-privileges:true']);
    t.match(each.tmpfs, [/^\/tmp:/]);
    t.equal(each.init, true);
    t.notOk(each.user, 'the user of the image');
  }
  t.same(service('worker').command, ['node', 'dist/src/worker.js']);
  t.notOk(service('server').command, 'the command of the image');
  t.notOk(service('worker').volumes, 'a worker has neither models nor data');
});

t.test('their settings are accepted', async (t) => {
  for (const { environment = {} } of ours) for (const name of Object.keys(environment)) t.ok(name in SETTINGS.properties, `${name} is a setting`);
  const config = loadConfig({ ...service('server').environment });
  const worker = loadWorkerConfig({ ...service('worker').environment });
  t.equal(config.adminKey, null, 'an empty key is none');
  t.same(config.redis, worker.redis);
  const { hostname, port } = new URL(worker.redis.url);
  t.ok(hostname in services, 'Redis is one of the services');
  t.equal(port, '6379');
});

t.test('there is time to close', async (t) => {
  for (const { environment, stop_grace_period: grace } of ours) t.ok(parseInt(grace ?? '') >= loadConfig({ ...environment }).shutdownSeconds + 35, String(grace));
});

t.test('what is mounted is there', async (t) => {
  for (const [name, { volumes: mounts = [] }] of Object.entries(services)) {
    for (const mount of mounts) {
      const [from = '', to = ''] = mount.split(':');
      t.ok(from.startsWith('./') ? existsSync(from) : from in volumes, `${name}: ${mount}`);
      if (from.startsWith('./')) t.match(mount, /:ro$/, 'read-only');
      t.match(to, /^\//);
    }
  }
});

t.test('ports are of this machine only', async (t) => {
  for (const { ports = [] } of Object.values(services)) for (const port of ports) t.match(port, /^127\.0\.0\.1:\d+:\d+$/);
  t.match(service('server').ports, ['127.0.0.1:8080:8080']);
  t.notOk(service('redis').ports, 'Redis is not published');
});

t.test('Redis starts as it is told, and keeps what it acknowledges', async (t) => {
  const { command = [], user, read_only: readOnly } = service('redis');
  t.match(user, /^[1-9]\d*:[1-9]\d*$/);
  t.equal(readOnly, true);
  const at = command.indexOf('--dir');
  t.equal(command[at + 1], '/data', 'it writes to its volume');
  const redis = await startRedis(t, { arguments: ['--appendfsync', 'no', '--appendonly', 'no', ...command.filter((_, i) => i !== at && i !== at + 1)] });
  const client = new RedisClient({ url: redis.url, prefix: 'compose', timeoutMilliseconds: 5_000, name: 'compose', logger: recordingLogger() });
  t.teardown(() => client.close());
  t.ok(await client.whenConnected(10_000));
  t.match(await client.durability(), { appendfsync: 'always', evicts: false });
});

t.test('Prometheus asks all servers and workers, and Grafana asks Prometheus', async (t) => {
  const { scrape_configs: scrapes, rule_files: rules } = readYaml<{ scrape_configs: Scrape[]; rule_files: string[] }>('deploy/prometheus/prometheus.yml');
  t.same(scrapes.flatMap(({ dns_sd_configs: found }) => found.flatMap(({ names }) => names)).sort(), ['server', 'worker']);
  const port = Number(service('server').environment?.['PORT'] ?? 8080);
  for (const { job_name: job, dns_sd_configs: found } of scrapes) {
    for (const { names, type, port: asked } of found) {
      t.equal(job, `metaerr-${names.join()}`);
      t.equal(type, 'A', 'every address of the service');
      t.equal(asked, port);
    }
  }
  for (const file of rules) t.ok(existsSync(`deploy/prometheus/${file}`), file);
  const mounts = service('grafana').volumes ?? [];
  const { datasources } = readYaml<{ datasources: { url: string }[] }>('deploy/grafana/provisioning/datasources/prometheus.yml');
  for (const { url } of datasources) t.ok(new URL(url).hostname in services, url);
  const { providers } = readYaml<{ providers: { options: { path: string } }[] }>('deploy/grafana/provisioning/dashboards/metaerr.yml');
  for (const { options } of providers) t.ok(mounts.some((mount) => mount.includes(`deploy/grafana/dashboards:${options.path}:`)), options.path);
});

t.test('the example model predicts', async (t) => {
  const [repository = ''] = service('server').volumes?.[0]?.split(':') ?? [];
  const { call } = await startApp(t, { models: {}, env: { METAERR_MODEL_REPOSITORY: repository } });
  const { status, body } = await call<{ predictions: { label: string }[] }>({ method: 'POST', url: '/v1/models/iris/predict', payload: { instances: [[5.1, 3.5, 1.4, 0.2]] } });
  t.equal(status, 200);
  t.match(body.predictions, [{ label: 'setosa' }]);
});
