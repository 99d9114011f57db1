import type { EnginePool, RunReply, RunRequest, SessionOptions } from '../../src/engine/engine.js';
import { createThreadPool } from '../../src/engine/pool.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import { countTensor, slowModel } from './engine-models.js';

export const ENGINE_THREAD = new URL('../../src/entries/engine-thread.js', import.meta.url);
export const CPU: SessionOptions = { executionProviders: ['cpu'], intraOpThreads: 1 };

interface Teardown {
  teardown(action: () => Promise<void>): void;
}

/** A pool of real engine threads that the test closes at its end. */
export function startPool(t: Teardown, instances: number, threadUrl: URL = ENGINE_THREAD): EnginePool {
  const pool = createThreadPool({ threadUrl })({ name: 'test', instances });
  t.teardown(() => pool.close());
  return pool;
}

/** One required step: the request's tensors go in by their own names, `output` comes out. */
export function request(session: string, tensors: TensorMap, output = 'y'): RunRequest {
  const feeds = Object.fromEntries(Object.keys(tensors).map((name) => [name, name]));
  return { steps: [{ session, feeds, fetches: { [output]: output }, optional: false }], tensors, fetch: [output] };
}

/** Loads the slow model as `slow` and returns a run of it that takes about as long as is asked for. */
export async function loadSlow(pool: EnginePool): Promise<(milliseconds: number) => Promise<RunReply>> {
  await pool.load('slow', { bytes: slowModel() }, CPU);
  const probe = 40;
  await pool.run(request('slow', countTensor(probe)));
  const reply = await pool.run(request('slow', countTensor(probe)));
  const perIteration = (reply.steps[0]?.milliseconds ?? 1) / probe;
  return (milliseconds) => pool.run(request('slow', countTensor(Math.ceil(milliseconds / perIteration))));
}
