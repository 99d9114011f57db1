import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess, type Role } from './distributed-process.js';
import { writeModels, type ModelFiles } from './http-app.js';
import { freePort, RedisServer } from './redis-server.js';
import type { Teardown } from './teardown.js';

export interface DistributedOptions {
  readonly models: Readonly<Record<string, ModelFiles>>;
  readonly servers: number;
  /** Worker processes; 0 with `embedded`. */
  readonly workers: number;
  /** One server with its own data folder, without Redis. */
  readonly embedded?: boolean;
  /** Of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of one process by its name: `server-0`, `worker-1`. */
  readonly envOf?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** How far the clock of a process is ahead, by its name. */
  readonly clockShiftMilliseconds?: Readonly<Record<string, number>>;
  /** A Redis that runs already; without it one is started (appendfsync always). */
  readonly redisUrl?: string;
}

/** The whole system as operators run it: Redis, servers and workers, each a process; nothing of it is in this one. */
export interface DistributedSystem {
  /** Null in the embedded mode, or when the test brought its own. */
  readonly redis: RedisServer | null;
  readonly redisUrl: string | null;
  readonly servers: readonly ServiceProcess[];
  readonly workers: readonly ServiceProcess[];
  /** The folder of `models`, `data-<name>` and `<name>.log`. */
  readonly folder: string;
  readonly urls: readonly string[];
  /** One more process of the system, not started. */
  add(role: Role, name: string): Promise<ServiceProcess>;
}

/** Starts everything, and resolves when every process is ready. Ends and removes it at the end of the test. */
export async function startDistributed(t: Teardown, options: DistributedOptions): Promise<DistributedSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-distributed-'));
  const all: ServiceProcess[] = [];
  const ownRedis = options.embedded === true || options.redisUrl !== undefined ? null : new RedisServer(await freePort(), {});
  const redisUrl = options.redisUrl ?? ownRedis?.url ?? null;
  t.teardown(async () => {
    await Promise.all(all.map((each) => each.dispose()));
    await ownRedis?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  await ownRedis?.start();
  mkdirSync(folder, { recursive: true });
  const modelRepository = writeModels(folder, options.models);

  const add = async (role: Role, name: string) => {
    const place = { METAERR_MODEL_REPOSITORY: modelRepository, METAERR_DATA_DIR: join(folder, `data-${name}`), ...(redisUrl !== null && { REDIS_URL: redisUrl }) };
    const env = { ...place, ...options.env, ...options.envOf?.[name] };
    const clockShiftMilliseconds = options.clockShiftMilliseconds?.[name] ?? 0;
    const each = new ServiceProcess({ role, name, port: await freePort(), env, logFile: join(folder, `${name}.log`), clockShiftMilliseconds });
    all.push(each);
    return each;
  };
  const many = (role: Role, count: number) => Promise.all(Array.from({ length: count }, (_, index) => add(role, `${role}-${index}`)));
  const servers = await many('server', options.servers);
  const workers = await many('worker', options.workers);
  await Promise.all(all.map((each) => each.start()));
  return { redis: ownRedis, redisUrl, servers, workers, folder, urls: servers.map(({ url }) => url), add };
}
