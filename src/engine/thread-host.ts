import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { messageOf } from '../core/errors.js';
import { EngineRunError } from './engine.js';
import type { LoadedSession, ModelSource, RunReply, RunRequest, RunStep, SessionOptions, StepReport } from './engine.js';
import { openSession } from './ort-session.js';
import type { OpenedSession } from './ort-session.js';
import { RunTensors } from './run-tensors.js';

/** The sessions of one thread. Its calls are made one after the other: a `run` blocks the thread while it lasts. */
export class SessionHost {
  readonly #sessions = new Map<string, OpenedSession>();

  /** Opens a session under an id that is not in use. Rejects with the engine's reason. */
  async load(id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSession> {
    if (this.#sessions.has(id)) throw new Error(`a session with the id '${id}' is loaded already`);
    const opened = await openSession(source, options);
    this.#sessions.set(id, opened);
    const { signature, executionProvider, fallback } = opened;
    return { signature, executionProvider, fallback };
  }

  /** Releases a session; an unknown id is none of its business. */
  async unload(id: string): Promise<void> {
    const opened = this.#sessions.get(id);
    this.#sessions.delete(id);
    await opened?.session.release();
  }

  async close(): Promise<void> {
    for (const id of [...this.#sessions.keys()]) await this.unload(id);
  }

  /**
   * Runs the steps in order. A required step that fails rejects with `EngineRunError` that names its session. An optional
   * one is reported; later steps that need its outputs fail in turn, since those are missing.
   */
  async run(request: RunRequest): Promise<RunReply> {
    const tensors = new RunTensors(request.tensors);
    const steps: StepReport[] = [];
    for (const step of request.steps) {
      const report = await this.#attempt(step, tensors);
      if (report.error !== null && !step.optional) throw new EngineRunError(step.session, report.error);
      steps.push(report);
    }
    return { tensors: tensors.pick(request.fetch), steps };
  }

  async #attempt(step: RunStep, tensors: RunTensors): Promise<StepReport> {
    const started = performance.now();
    let error: string | null = null;
    try {
      await this.#runStep(step, tensors);
    } catch (thrown) {
      error = messageOf(thrown);
    }
    return { session: step.session, milliseconds: performance.now() - started, error };
  }

  async #runStep(step: RunStep, tensors: RunTensors): Promise<void> {
    const opened = this.#sessions.get(step.session);
    if (opened === undefined) throw new Error(`no session with the id '${step.session}' is loaded`);
    const feeds: Record<string, OrtTensor> = {};
    for (const [input, name] of Object.entries(step.feeds)) feeds[input] = tensors.get(name);
    const outputs = await opened.session.run(feeds, Object.keys(step.fetches));
    for (const [output, name] of Object.entries(step.fetches)) {
      const tensor = outputs[output];
      if (tensor === undefined) throw new Error(`the session has no output '${output}'`);
      tensors.set(name, tensor);
    }
  }
}
