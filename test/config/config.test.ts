import { isAbsolute } from 'node:path';
import t from 'tap';
import { configurationMarkdown } from '../../src/config-docs.js';
import { loadConfig, loadWorkerConfig, SETTINGS } from '../../src/config.js';
import { MetaErrError } from '../../src/core/errors.js';

function faultsOf(environment: Record<string, string>, load: (environment: Record<string, string>) => unknown = loadConfig): string {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof MetaErrError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  return '';
}

t.test('defaults', async (t) => {
  // What every object has is no setting either.
  const config = loadConfig({ UNRELATED: 'x', toString: 'x', constructor: 'x' });
  t.match(config, { host: '127.0.0.1', port: 8080, logLevel: 'info', bodyLimitBytes: 64 * 1024 * 1024 });
  t.ok(isAbsolute(config.modelRepository) && isAbsolute(config.dataDir));
});

t.test('values are read as their types', async (t) => {
  const config = loadConfig({ HOST: '::1', PORT: '0', METAERR_LEDGER_FLUSH_MILLISECONDS: '5', METAERR_DATA_DIR: '/x' });
  t.match(config, { host: '::1', port: 0, dataDir: '/x', ledger: { flushMilliseconds: 5 } });
});

t.test('an empty variable counts as not set', async (t) => {
  t.equal(loadConfig({ PORT: '' }).port, 8080);
});

t.test('all faults are told at once, each by its name', async (t) => {
  const message = faultsOf({ PORT: '70000', LOG_LEVEL: 'loud', METAERR_SHUTDOWN_SECONDS: 'soon', METAERR_TYPO: '1', REDIS_URL: 'http://localhost' });
  for (const name of ['PORT', 'LOG_LEVEL', 'METAERR_SHUTDOWN_SECONDS', 'METAERR_TYPO', 'REDIS_URL']) t.match(message, name);
});

t.test('the two modes', async (t) => {
  t.match(loadConfig({}), { redis: null, adminKey: null, bullBoard: true });
  const config = loadConfig({ REDIS_URL: 'redis://u:p@h:1,i:2/?cluster=true', METAERR_REDIS_PREFIX: 'mine', METAERR_BULL_BOARD: 'false' });
  t.match(config, { redis: { url: 'redis://u:p@h:1,i:2/?cluster=true', prefix: 'mine', timeoutMilliseconds: 2000 }, bullBoard: false });
});

t.test('a malformed REDIS_URL is told without its password', async (t) => {
  const message = faultsOf({ REDIS_URL: 'redis://u:secret@h/?tsl_ca=x', PORT: '-1' });
  t.match(message, /REDIS_URL has an unknown parameter tsl_ca/);
  t.match(message, /PORT/, 'beside the other faults');
  t.notMatch(message, 'secret');
});

t.test('a worker needs REDIS_URL, and says so beside the other faults', async (t) => {
  const message = faultsOf({ METAERR_WORKER_CONCURRENCY: '0' }, loadWorkerConfig);
  t.match(message, /REDIS_URL is not set/);
  t.match(message, /METAERR_WORKER_CONCURRENCY/);
  t.match(faultsOf({ REDIS_URL: '' }, loadWorkerConfig), /REDIS_URL is not set/, 'an empty one is none');
  t.equal(loadWorkerConfig({ REDIS_URL: 'rediss://h' }).redis.url, 'rediss://h');
});

t.test('an admin key that no header could carry, or that is short, is refused and not shown', async (t) => {
  for (const key of ['short', 'with a space in its middle', 'sixteen-or-more-é', 'a-trailing-newline-of-a-file\n']) {
    const message = faultsOf({ METAERR_ADMIN_KEY: key });
    t.match(message, /METAERR_ADMIN_KEY/);
    t.notMatch(message, key);
  }
  t.equal(loadConfig({ METAERR_ADMIN_KEY: 'x'.repeat(16) }).adminKey, 'x'.repeat(16));
});

t.test('the page has every setting', async (t) => {
  const page = configurationMarkdown();
  for (const name of Object.keys(SETTINGS.properties)) t.match(page, `| \`${name}\` |`);
});

t.test('traces go where OpenTelemetry\'s own variables say', async (t) => {
  t.equal(loadConfig({}).tracing, null);
  t.same(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318' }).tracing, { url: 'http://h:4318/v1/traces', protocol: 'http/protobuf', serviceName: 'metaerr' });
  t.same(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318/', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/x', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_SERVICE_NAME: 'n' }).tracing, {
    url: 'https://t/x', protocol: 'http/json', serviceName: 'n',
  });
  t.equal(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318', OTEL_SDK_DISABLED: 'true' }).tracing, null);
  const message = faultsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://u:secret@h', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL']) t.match(message, name);
  t.notMatch(message, 'secret');
});
