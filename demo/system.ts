import { freePort, RedisServer } from '../test/support/redis-server.js';
import { startProcess, type Environment, type ServerProcess } from './server-process.js';

const SERVERS = 2;
const WORKERS = 2;

/** The service as the demo runs it. */
export interface DemoSystem {
  /** Of the servers, one or more. */
  readonly urls: readonly string[];
  /** What there is to look at beside the first server's own pages: name and place. */
  readonly extra: readonly (readonly [string, string])[];
  /** Resolves when every server has ended. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** The embedded mode. */
export function single(server: ServerProcess): DemoSystem {
  return { urls: [server.url], extra: [], exited: server.exited, stop: () => server.stop() };
}

/** The distributed mode: a redis-server, servers and workers over one model repository, each a process; resolves when all are ready. */
export async function startDistributed(modelRepository: string): Promise<DemoSystem> {
  const redis = new RedisServer(await freePort(), {});
  const started: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((each) => each.stop()));
    await redis.dispose();
  };
  try {
    await redis.start();
    const environment: Environment = { REDIS_URL: redis.url };
    const start = async (role: 'server' | 'worker', more: Environment): Promise<ServerProcess> => {
      const process = await startProcess(role, { ...environment, ...more });
      started.push(process);
      return process;
    };
    const servers = await Promise.all(Array.from({ length: SERVERS }, () => start('server', { METAERR_MODEL_REPOSITORY: modelRepository })));
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => start('worker', {})));
    return {
      urls: servers.map(({ url }) => url),
      extra: [
        ['Queues', `${servers[0]?.url}/admin/queues`],
        ...servers.slice(1).map(({ url }, index) => [`Server ${index + 2}`, `${url}/ui/`] as const),
        ...workers.map(({ url }, index) => [`Worker ${index + 1}`, `${url}/metrics`] as const),
        ['Redis', redis.url],
      ],
      exited: Promise.all(servers.map(({ exited }) => exited)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
