import { isAbsolute } from 'node:path';
import t from 'tap';
import { configurationMarkdown } from '../../src/config-docs.js';
import { loadConfig, SETTINGS } from '../../src/config.js';
import { MetaErrError } from '../../src/core/errors.js';

function faultsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof MetaErrError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  return '';
}

t.test('defaults', async (t) => {
  const config = loadConfig({ UNRELATED: 'x' });
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
  const message = faultsOf({ PORT: '70000', LOG_LEVEL: 'loud', METAERR_SHUTDOWN_SECONDS: 'soon', METAERR_TYPO: '1', REDIS_URL: 'redis://localhost' });
  for (const name of ['PORT', 'LOG_LEVEL', 'METAERR_SHUTDOWN_SECONDS', 'METAERR_TYPO', 'REDIS_URL']) t.match(message, name);
});

t.test('the page has every setting', async (t) => {
  const page = configurationMarkdown();
  for (const name of Object.keys(SETTINGS.properties)) t.match(page, `| \`${name}\` |`);
});
