import type { EnginePool, RunReply, RunRequest, SessionOptions } from '../../src/engine/engine.js';
import { createThreadPool, type ThreadPoolOptions } from '../../src/engine/pool.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import { countTensor, slowModel } from './engine-models.js';
import type { Teardown } from './teardown.js';

export const ENGINE_THREAD = new URL('../../src/entries/engine-thread.js', import.meta.url);
export const CPU: SessionOptions = { executionProviders: ['cpu'], intraOpThreads: 1 };

/** A pool of real engine threads that the test closes at its end. */
export function startPool(t: Teardown, instances: number, threadUrl: URL = ENGINE_THREAD, options: Pick<ThreadPoolOptions, 'clock' | 'logger'> = {}): EnginePool {
  const pool = createThreadPool({ threadUrl, ...options })({ name: 'test', instances });
  t.teardown(() => pool.close());
  return pool;
}

/** One required step: the request's tensors go in by their own names, `output` comes out. */
export function request(session: string, tensors: TensorMap, output = 'y'): RunRequest {
  const feeds = Object.fromEntries(Object.keys(tensors).map((name) => [name, name]));
  return { steps: [{ session, feeds, fetches: { [output]: output }, optional: false }], tensors, fetch: [output] };
}

/** Loads the slow model as `slow` and returns a run of it that takes at least about as long as is asked for. */
export async function loadSlow(pool: EnginePool): Promise<(milliseconds: number) => Promise<RunReply>> {
  await pool.load('slow', { bytes: slowModel() }, CPU);
  const probe = 40;
  // The quickest of several: on a busy machine the others tell of the other work.
  const durations: number[] = [];
  for (let run = 0; run < 5; run++) durations.push((await pool.run(request('slow', countTensor(probe)))).steps[0]?.milliseconds ?? probe);
  const perIteration = Math.min(...durations) / probe;
  return (milliseconds) => pool.run(request('slow', countTensor(Math.ceil(milliseconds / perIteration))));
}
