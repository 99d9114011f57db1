import { MetaErrError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { EngineRunError } from '../engine/engine.js';
import type { RunReply } from '../engine/engine.js';
import type { TensorMap } from '../engine/tensor.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import type { RowRun, RowRunner } from './batching/batcher.js';
import { RowShapeError, sliceRows } from './batching/tensor-rows.js';
import type { LiveMetaModel, LoadedModel } from './contracts.js';
import type { PredictMetrics } from './predict-metrics.js';
import { rowMode } from './row-shape.js';
import type { RowMode } from './row-shape.js';
import { metaPlan, predictPlan, SCORES } from './runner-plan.js';
import { runInputs } from './runner-inputs.js';
import { joinRuns, NotRowWiseError, toRowOutputs } from './runner-rows.js';

/** What holds for all rows of a batch. */
export interface BatchReport {
  /** Version of the meta-model that scored (or should have scored) the rows; 0 is the cold start. */
  readonly metaVersion: number;
}

interface PartialRun {
  readonly tensors: TensorMap;
  readonly meta: LiveMetaModel | null;
}

/**
 * Runs the rows of a batch through base model, feature graph and meta-model. The result holds the base model's outputs
 * (prefixed `output:`), the outputs of the feature graph and `metaerr_score`; what an optional step failed to make is absent.
 * Every row of a result was scored by the same meta-model, also when it was swapped meanwhile. Rejects with INFERENCE_FAILED
 * and the engine's message when the base model fails.
 */
export class ModelRunner implements RowRunner<BatchReport> {
  readonly #model: LoadedModel;
  readonly #mode: RowMode;
  readonly #metrics: PredictMetrics;
  readonly #logger: Logger;
  /** Sessions of optional steps that failed in their last run: each is logged once until it works again. */
  readonly #failing = new Set<string>();
  #rowWise = true;

  constructor(model: LoadedModel, metrics: PredictMetrics, logger: Logger) {
    this.#model = model;
    this.#mode = rowMode(model.signature, model.batched);
    this.#metrics = metrics;
    this.#logger = logger;
  }

  get maxRows(): number {
    return this.#mode === 'batched' && this.#rowWise ? this.#model.config.batching.max_rows : 1;
  }

  async run(inputs: TensorMap, rows: number): Promise<RowRun<BatchReport>> {
    try {
      return await this.#runParts(inputs, rows);
    } catch (error) {
      if (!(error instanceof NotRowWiseError)) throw inferenceError(error);
      this.#rowWise = false;
      this.#logger.warn({ ...this.#labels(), err: error.message }, 'the base model does not answer row by row; from now on it runs one row at a time');
      return this.#runParts(inputs, rows).catch((again: unknown) => {
        throw inferenceError(again);
      });
    }
  }

  async #runParts(inputs: TensorMap, rows: number): Promise<RowRun<BatchReport>> {
    const runs: PartialRun[] = [];
    for (let from = 0; from < rows; from += this.maxRows) {
      const to = Math.min(rows, from + this.maxRows);
      runs.push(await this.#runPart(sliceRows(inputs, from, to), to - from));
    }
    const tensors = joinRuns(runs.map((run) => run.tensors));
    const meta = runs[0]?.meta ?? null;
    if (runs.every((run) => run.meta?.version === meta?.version)) return { tensors, report: { metaVersion: meta?.version ?? 0 } };
    return this.#scoreAgain(tensors);
  }

  async #runPart(inputs: TensorMap, rows: number): Promise<PartialRun> {
    const { meta } = this.#model;
    const { steps, fetch } = predictPlan(this.#model, meta);
    this.#metrics.batchRows(rows);
    const reply = await this.#model.pool.run({ steps, fetch, tensors: runInputs(this.#model, inputs, rows, this.#mode) });
    this.#observe(reply, meta);
    return { tensors: toRowOutputs(reply.tensors, rows), meta };
  }

  /** The meta-model was swapped between the parts of a large request: the live one scores all of its rows. */
  async #scoreAgain(tensors: TensorMap): Promise<RowRun<BatchReport>> {
    const { meta, pool } = this.#model;
    const { [SCORES]: _outdated, ...others } = tensors;
    const features = tensors[FEATURE_OUTPUTS.features];
    if (meta === null || features === undefined) return { tensors: others, report: { metaVersion: meta?.version ?? 0 } };
    const reply = await pool.run({ ...metaPlan(meta), tensors: { [FEATURE_OUTPUTS.features]: features } });
    this.#observe(reply, meta);
    return { tensors: { ...others, ...reply.tensors }, report: { metaVersion: meta.version } };
  }

  #observe(reply: RunReply, meta: LiveMetaModel | null): void {
    const { base, features } = this.#model.sessions;
    for (const { session, milliseconds, error } of reply.steps) {
      this.#metrics.stage(session === base ? 'base' : session === features ? 'features' : 'meta', milliseconds);
      if (error === null) this.#failing.delete(session);
      // Without features the meta-model cannot run; the cause is logged already.
      else if (!this.#failing.has(session) && !(session === meta?.session && this.#failing.has(features))) {
        this.#failing.add(session);
        this.#logger.error({ ...this.#labels(), session, err: error }, 'a step after the base model failed; predictions are degraded');
      }
    }
  }

  #labels(): { readonly model: string; readonly version: number } {
    return { model: this.#model.key.model, version: this.#model.key.version };
  }
}

/** Engine errors are the request's; anything else (a closed pool, a defect) stays what it is. */
function inferenceError(error: unknown): unknown {
  if (error instanceof EngineRunError || error instanceof RowShapeError) return new MetaErrError('INFERENCE_FAILED', messageOf(error), { cause: error });
  return error;
}
