import type { Signature, TensorMap } from './tensor.js';

export type ExecutionProvider = 'cpu' | 'cuda';

export interface SessionOptions {
  /** Tried in order; a provider that is missing falls back to `cpu` (see `LoadedSession.fallback`). */
  readonly executionProviders: readonly ExecutionProvider[];
  /** Threads inside one operator. */
  readonly intraOpThreads: number;
  /** `basic` leaves out fusions across operators and changes of layout; `full` is the default. */
  readonly optimization?: 'full' | 'basic' | undefined;
}

/** A file, or a model in memory; `folder` is where that finds its external data. */
export type ModelSource = { readonly path: string } | { readonly bytes: Uint8Array; readonly folder?: string };

export interface LoadedSession {
  readonly signature: Signature;
  readonly executionProvider: ExecutionProvider;
  /** Set when a requested provider was not available: what was asked for, and the engine's message. */
  readonly fallback: { readonly requested: ExecutionProvider; readonly reason: string } | null;
}

/**
 * One step of a run: a session by its id, where its inputs come from and under which names its outputs are kept.
 * `feeds` maps the session's input names to names in the run's pool of tensors (the request's tensors and the kept
 * outputs of earlier steps); `fetches` maps the session's output names to names in that pool.
 */
export interface RunStep {
  readonly session: string;
  readonly feeds: Readonly<Record<string, string>>;
  readonly fetches: Readonly<Record<string, string>>;
  /** A failing optional step ends the run without failing it; its error is in the reply. */
  readonly optional: boolean;
}

export interface RunRequest {
  readonly steps: readonly RunStep[];
  readonly tensors: TensorMap;
  /** Names in the pool that the reply carries; those of a step that failed are absent. */
  readonly fetch: readonly string[];
}

export interface StepReport {
  readonly session: string;
  readonly milliseconds: number;
  readonly error: string | null;
}

export interface RunReply {
  readonly tensors: TensorMap;
  readonly steps: readonly StepReport[];
}

/**
 * Sessions in a fixed number of identical threads. `session.run` blocks the thread that calls it, so the caller's
 * event loop never runs one. Laws:
 * 1. a session is usable by `run` once `load` has resolved, and `load` leaves other sessions running;
 * 2. `run` uses one free thread; with none free it waits in order of arrival;
 * 3. `unload` takes effect after the runs that were posted before it;
 * 4. a required step that fails rejects `run` with the engine's message (`EngineRunError`); the pool stays usable;
 * 5. `close` resolves after the runs in progress have ended and never terminates a thread during a run;
 * 6. for a thread that ends another one takes its place. Where threads end again and again, or a session cannot be loaded again, the
 *    instance gives up and is tried again after growing pauses. While none works, `run` and `load` reject with `EngineDownError`; what is
 *    loaded while some do is there in the others when they work again.
 */
export interface EnginePool {
  readonly instances: number;
  /** Of the instances that do not work at the moment. */
  readonly outages: readonly EngineOutage[];
  /** Runs in progress plus runs waiting for a thread. */
  readonly pending: number;
  load(id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSession>;
  unload(id: string): Promise<void>;
  run(request: RunRequest): Promise<RunReply>;
  close(): Promise<void>;
}

/** Makes the pool of one model; `instances` threads are started. */
export type EnginePoolFactory = (options: { readonly name: string; readonly instances: number }) => EnginePool;

/** Why an instance does not work, and when it is tried again. */
export interface EngineOutage {
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/** A session in the calling thread, for processes whose event loop may be blocked (training). */
export interface DirectSession {
  readonly signature: Signature;
  run(feeds: TensorMap, fetch?: readonly string[]): Promise<TensorMap>;
  release(): Promise<void>;
}

/** The engine failed on the inputs of a run. */
export class EngineRunError extends Error {
  override readonly name = 'EngineRunError';
  readonly session: string;

  constructor(session: string, message: string) {
    super(message);
    this.session = session;
  }
}

/** No instance of a pool works at the moment. */
export class EngineDownError extends Error {
  override readonly name = 'EngineDownError';
  readonly retryAfterSeconds: number;

  constructor({ reason, retryAfterSeconds }: EngineOutage) {
    super(reason);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
