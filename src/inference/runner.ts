import { MetaErrError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { EngineDownError, EngineRunError } from '../engine/engine.js';
import type { TensorMap } from '../engine/tensor.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import type { BatchRunner } from './batching/batcher.js';
import { RowShapeError, sliceRows } from './batching/tensor-rows.js';
import type { LiveMetaModel, LoadedModel } from './contracts.js';
import { modelDown } from './engine-outages.js';
import type { PredictMetrics } from './predict-metrics.js';
import { NotRowWiseError } from './runner-outputs.js';
import { PartRunner } from './runner-part.js';
import type { PartialRun } from './runner-part.js';
import { SCORES } from './runner-plan.js';
import { joinRequests, partOf } from './runner-request.js';
import type { RunAnswer, RunnerRequest, RunnerRows } from './runner-request.js';
import { joinRuns } from './runner-rows.js';

/**
 * Runs requests through base model, feature graph and meta-model, as the model's row mode has it. Every row of a request is
 * scored by the same meta-model, also when it was swapped meanwhile. Rows of an external model that come without inputs have a
 * feature graph of their own, and no meta-model. Rejects with INFERENCE_FAILED and the engine's message when the base model
 * fails, with MODEL_UNAVAILABLE while no instance works. A model that turns out not to answer row by row is from then on run as in mode `request`.
 */
export class ModelRunner implements BatchRunner<RunnerRequest, RunAnswer> {
  readonly #model: LoadedModel;
  readonly #logger: Logger;
  readonly #parts: PartRunner;
  /** Whether each request runs alone and whole. */
  #whole: boolean;

  constructor(model: LoadedModel, metrics: PredictMetrics, logger: Logger) {
    this.#model = model;
    this.#logger = logger;
    this.#parts = new PartRunner(model, metrics, logger);
    this.#whole = model.rowMode === 'request';
  }

  get maxRows(): number {
    return this.#model.rowMode === 'batched' && !this.#whole ? this.#model.config.batching.max_rows : 1;
  }

  async run(requests: readonly RunnerRequest[]): Promise<readonly RunAnswer[]> {
    const first = this.#firstToRunAlone(requests);
    if (first !== -1) {
      const [alone] = await this.run(requests.slice(first, first + 1));
      const others = await this.run(requests.toSpliced(first, 1));
      return alone === undefined ? others : others.toSpliced(first, 0, alone);
    }
    try {
      if (this.#whole && requests.length > 1) throw new NotRowWiseError('the requests of a batch cannot run together');
      return await this.#runTogether(requests);
    } catch (error) {
      if (!(error instanceof NotRowWiseError)) throw this.#inferenceError(error);
      this.#runWholeFromNowOn(error);
      // Of a batch that failed, the batcher runs every request again by itself.
      if (requests.length > 1) throw error;
    }
    return this.#runTogether(requests).catch((error: unknown) => {
      throw this.#inferenceError(error);
    });
  }

  /** A request of one row whose run shows how the model answers one, while that is not known; -1 for none. */
  #firstToRunAlone(requests: readonly RunnerRequest[]): number {
    if (requests.length === 1 || this.#parts.outputs.knowsOneRow || this.#model.base === null) return -1;
    return requests.findIndex(({ rows }) => rows === 1);
  }

  /** Engine errors are the request's, unless no instance works; anything else (a closed pool, a defect) stays what it is. */
  #inferenceError(error: unknown): unknown {
    if (error instanceof EngineDownError) return modelDown(this.#model.key.model, { reason: error.message, retryAfterSeconds: error.retryAfterSeconds }, error);
    if (error instanceof EngineRunError) return new MetaErrError('INFERENCE_FAILED', messageOf(error), { cause: error });
    if (error instanceof RowShapeError) return new MetaErrError('INFERENCE_FAILED', `${messageOf(error)}; send each row in a request of its own`, { cause: error });
    return error;
  }

  #runWholeFromNowOn(error: NotRowWiseError): void {
    if (this.#whole) return;
    this.#whole = true;
    const { model, version } = this.#model.key;
    this.#logger.warn({ model, version, err: error.message }, 'the base model does not answer row by row; from now on each request runs alone');
  }

  async #runTogether(requests: readonly RunnerRequest[]): Promise<readonly RunAnswer[]> {
    const [first, ...others] = requests;
    if (first === undefined) return [];
    const answer = await this.#answer(joinRequests([first, ...others]));
    if (others.length === 0) return [answer];
    let from = 0;
    return requests.map(({ rows }) => {
      const tensors = sliceRows(answer.tensors, from, (from += rows));
      return { ...answer, tensors, forms: this.#parts.outputs.formsOfPart(answer.forms, rows) };
    });
  }

  async #answer(joined: RunnerRows): Promise<RunAnswer> {
    const runs = await this.#runParts(joined);
    const [{ forms, requestOutputs, meta }] = runs;
    let computeMilliseconds = 0;
    for (const run of runs) computeMilliseconds += run.computeMilliseconds;
    const steps = runs.flatMap((run) => run.steps);
    const answer = { tensors: this.#join(runs), forms, requestOutputs, chain: joined.chain, ...scorerOf(meta), computeMilliseconds, steps, ranRows: joined.rows };
    return runs.every((run) => run.meta?.version === meta?.version) ? answer : this.#scoreAgain(answer);
  }

  async #runParts(joined: RunnerRows): Promise<readonly [PartialRun, ...PartialRun[]]> {
    const { maxRows } = this;
    const { rows } = joined;
    if (this.#whole || rows <= maxRows) return [await this.#parts.run(joined, this.#whole)];
    const runs: [PartialRun, ...PartialRun[]] = [await this.#parts.run(partOf(joined, 0, maxRows), false)];
    for (let from = maxRows; from < rows; from += maxRows) runs.push(await this.#parts.run(partOf(joined, from, Math.min(rows, from + maxRows)), false));
    return runs;
  }

  #join(runs: readonly PartialRun[]): TensorMap {
    try {
      return joinRuns(runs.map((run) => run.tensors));
    } catch (error) {
      // The shape of a row depends on the others of its run.
      if (error instanceof RowShapeError && this.#model.rowMode === 'batched') throw new NotRowWiseError(error.message);
      throw error;
    }
  }

  /** The meta-model was swapped between the parts of a large request: the live one scores all of its rows. */
  async #scoreAgain(answer: RunAnswer): Promise<RunAnswer> {
    const { meta } = this.#model;
    const { [SCORES]: _outdated, ...tensors } = answer.tensors;
    const features = tensors[FEATURE_OUTPUTS.features];
    if (meta === null || features === undefined) return { ...answer, tensors, ...scorerOf(meta) };
    const scored = await this.#parts.score({ [FEATURE_OUTPUTS.features]: features }, meta);
    const computeMilliseconds = answer.computeMilliseconds + scored.computeMilliseconds;
    return { ...answer, tensors: { ...tensors, ...scored.tensors }, ...scorerOf(meta), computeMilliseconds, steps: [...answer.steps, ...scored.steps] };
  }
}

/** Who scored, in the answer. */
function scorerOf(meta: LiveMetaModel | null): Pick<RunAnswer, 'metaVersion' | 'labelFree'> {
  return { metaVersion: meta?.version ?? 0, labelFree: meta?.labelFree ?? false };
}
