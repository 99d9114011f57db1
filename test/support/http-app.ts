import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createApp } from '../../src/app.js';
import { loadConfig, type Config } from '../../src/config.js';
import { createLogger } from '../../src/core/logger.js';
import type { QueueBoard } from '../../src/plugins/queue-board.js';
import type { Services } from '../../src/routes/services.js';
import { createSystem, type Overrides, type System } from '../../src/system.js';
import { checkReply } from './http-schema.js';
import type { Teardown } from './teardown.js';

export interface ModelFiles {
  /** Absent for a model that is served elsewhere. */
  readonly onnx?: Uint8Array;
  readonly yaml?: string;
  readonly version?: number;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly system: System;
  readonly folder: string;
  /** Sends a request and checks the reply against the schema of its route and status. */
  call<T>(options: InjectOptions): Promise<{ status: number; body: T; headers: Record<string, unknown> }>;
}

/** A folder that is removed at the end of the test. */
export function temporaryFolder(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a model repository and returns its folder. */
export function writeModels(folder: string, models: Readonly<Record<string, ModelFiles>>): string {
  const repository = join(folder, 'models');
  mkdirSync(repository, { recursive: true });
  for (const [name, { onnx, yaml, version = 1 }] of Object.entries(models)) {
    const versionFolder = join(repository, name, onnx === undefined ? '' : String(version));
    mkdirSync(versionFolder, { recursive: true });
    if (onnx !== undefined) writeFileSync(join(versionFolder, 'model.onnx'), onnx);
    if (yaml !== undefined) writeFileSync(join(repository, name, 'metaerr.yaml'), yaml);
  }
  return repository;
}

export interface TestAppOptions {
  readonly models: Readonly<Record<string, ModelFiles>>;
  readonly env?: Readonly<Record<string, string>>;
  /** False leaves the models unloaded. */
  readonly start?: boolean;
  /** The queues to be shown at /admin/queues. */
  readonly board?: (config: Config) => QueueBoard;
  readonly overrides?: Overrides;
  /** Puts something else in the place of a use-case, to provoke what it cannot do by itself. */
  readonly services?: (system: System) => Partial<Services>;
}

/** The system and app of the server, with its own options, in this process and without a port. */
export async function startApp(t: Teardown, options: TestAppOptions): Promise<TestApp> {
  const folder = temporaryFolder(t);
  const config: Config = loadConfig({
    LOG_LEVEL: 'silent',
    METAERR_MODEL_REPOSITORY: writeModels(folder, options.models),
    METAERR_DATA_DIR: join(folder, 'data'),
    ...options.env,
  });
  const logger = createLogger(config.logLevel);
  const system = await createSystem(config, logger, options.overrides);
  const app = await createApp({ ...system, ...options.services?.(system) }, { bodyLimitBytes: config.bodyLimitBytes, adminKey: config.adminKey, board: options.board?.(config) ?? system.board, ui: config.ui, logger });
  t.teardown(async () => {
    await app.close();
    await system.close();
  });
  if (options.start !== false) await system.start();
  await app.ready();
  return { app, system, folder, call: (request) => call(app, request) };
}

async function call<T>(app: FastifyInstance, request: InjectOptions): Promise<{ status: number; body: T; headers: Record<string, unknown> }> {
  const reply = await app.inject(request);
  const json = String(reply.headers['content-type']).startsWith('application/json');
  const body = (json ? JSON.parse(reply.payload) : reply.payload) as T;
  checkReply(app, request, reply.statusCode, body);
  return { status: reply.statusCode, body, headers: reply.headers };
}
