import { createApp } from './app.js';
import { loadConfig, type Config } from './config.js';
import { MetaErrError, messageOf } from './core/errors.js';
import { createLogger } from './core/logger.js';
import { createSystem, type System } from './system.js';
import { limitGarbage } from './system-heap.js';
import { RELEASE } from './system-release.js';

type App = Awaited<ReturnType<typeof createApp>>;
type ProcessLogger = ReturnType<typeof createLogger>;

/** The server's URL as people can open it. */
function urlOf(app: App): string {
  const [address] = app.addresses();
  if (address === undefined || typeof address === 'string') throw new Error('the server has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Doors first, engine last; a second signal forces. Leaving during an engine run would abort, so force is SIGKILL to oneself. */
function closeOnSignal(app: App, system: System, logger: ProcessLogger): void {
  let closing = false;
  const close = async (signal: NodeJS.Signals): Promise<void> => {
    if (closing) process.kill(process.pid, 'SIGKILL');
    closing = true;
    logger.info({ signal }, 'closing');
    system.refuse();
    try {
      await app.close();
      await system.close();
      logger.info({}, 'closed');
    } catch (error) {
      logger.error({ err: messageOf(error) }, 'closing failed');
      process.exitCode = 1;
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close(signal));
}

/** Listens at once (probes answer while models load), then loads the models. */
async function serve(config: Config, logger: ProcessLogger, system: System): Promise<void> {
  const app = await createApp(system, { bodyLimitBytes: config.bodyLimitBytes, logger });
  closeOnSignal(app, system, logger);
  await app.listen({ host: config.host, port: config.port });
  logger.info({ url: urlOf(app), release: RELEASE, models: config.modelRepository, data: config.dataDir }, 'listening');
  await system.start();
  logger.info({ models: system.catalogue.list().map(({ name, version, state, reason }) => ({ name, version, state, reason })) }, 'ready');
}

async function main(): Promise<void> {
  limitGarbage();
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const system = await createSystem(config, logger);
  try {
    await serve(config, logger, system);
  } catch (error) {
    await system.close();
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof MetaErrError ? `${error.code}: ` : ''}${messageOf(error)}\n`);
  process.exitCode = 1;
});
