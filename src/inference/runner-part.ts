import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { RunReply } from '../engine/engine.js';
import type { Tensor, TensorMap } from '../engine/tensor.js';
import { FEATURE_OUTPUTS } from '../meta/features/layout.js';
import type { FeatureChain, LiveMetaModel, LoadedModel } from './contracts.js';
import type { OutputForm } from './output-form.js';
import type { PredictMetrics } from './predict-metrics.js';
import { StepFaults } from './runner-faults.js';
import { givenOutputs, runInputs } from './runner-inputs.js';
import { OutputReader } from './runner-outputs.js';
import type { ReadOutputs } from './runner-outputs.js';
import { chainPlan, metaPlan, OUTPUT_PREFIX, outputsRead, predictPlan } from './runner-plan.js';
import type { Plan } from './runner-plan.js';
import type { EndedStep, RunAnswer, RunnerRows } from './runner-request.js';

/** What rows that ran together are answered. */
export interface PartialRun extends Pick<RunAnswer, 'tensors' | 'forms' | 'requestOutputs' | 'computeMilliseconds' | 'steps'> {
  /** The meta-model that scored them. */
  readonly meta: LiveMetaModel | null;
}

interface ChosenPlan {
  readonly meta: LiveMetaModel | null;
  readonly chain: FeatureChain;
  readonly plan: Plan;
}

/** One run of base model, feature graph and meta-model, and what became of its steps. */
export class PartRunner {
  readonly outputs: OutputReader;
  readonly #model: LoadedModel;
  readonly #metrics: PredictMetrics;
  readonly #faults: StepFaults;
  readonly #shapeFaults: StepFaults;
  /** The plan of the last run. */
  #plan: ChosenPlan | null = null;

  constructor(model: LoadedModel, metrics: PredictMetrics, logger: Logger) {
    this.#model = model;
    this.#metrics = metrics;
    this.outputs = new OutputReader(model);
    this.#faults = new StepFaults(model.key, logger);
    this.#shapeFaults = new StepFaults(model.key, logger);
  }

  /** `whole`: the rows are one request, and outputs that are not row by row are its own; else these are a NotRowWiseError. */
  async run(part: RunnerRows, whole: boolean): Promise<PartialRun> {
    const model = this.#model;
    const { inputs, rows, chain } = part;
    const meta = chain === model.features ? model.meta : null;
    const given = runInputs(model, inputs, rows, chain);
    const outputs = model.base === null ? givenOutputs(part.outputs) : null;
    const plan = this.#planOf(meta, chain);
    const reply = outputs === null ? await this.#runPlan(plan, given) : await this.#scoreRows(plan, { ...given, ...outputs });
    const read = outputs === null ? this.#read(reply, rows, whole) : { rowWise: outputs, forms: rowForms(part.outputs), request: {} };
    const again = !hasFeatures(reply, rows) && this.#readsOtherForm(read, chain);
    const second = again ? await this.#scoreRows(chainPlan(model, meta, chain), { ...given, ...read.rowWise }) : null;
    const ended = this.#observe(second === null ? reply.steps : [...reply.steps.slice(0, 1), ...second.steps], plan);
    const computeMilliseconds = millisecondsOf(reply) + (second === null ? 0 : millisecondsOf(second));
    this.#metrics.ran(rows, computeMilliseconds);
    const tensors = { ...read.rowWise, ...this.#scoresOfRows((second ?? reply).tensors, rows, chain) };
    return { tensors, forms: read.forms, requestOutputs: read.request, meta, computeMilliseconds, steps: ended };
  }

  /** Scores rows whose features are there already. */
  async score(features: TensorMap, meta: LiveMetaModel): Promise<Pick<RunAnswer, 'tensors' | 'computeMilliseconds' | 'steps'>> {
    const plan = metaPlan(meta);
    const reply = await this.#scoreRows(plan, features);
    return { tensors: reply.tensors, computeMilliseconds: millisecondsOf(reply), steps: this.#observe(reply.steps, plan) };
  }

  #runPlan({ steps, fetch }: Plan, tensors: TensorMap): Promise<RunReply> {
    return this.#model.pool.run({ steps, fetch, tensors });
  }

  /** The outputs are there already, so the prediction does not fail where a thread ends, or none is left: it is degraded. */
  async #scoreRows(plan: Plan, tensors: TensorMap): Promise<RunReply> {
    try {
      return await this.#runPlan(plan, tensors);
    } catch (error) {
      return { tensors: {}, steps: plan.steps.map(({ session }) => ({ session, milliseconds: 0, error: messageOf(error) })) };
    }
  }

  #planOf(meta: LiveMetaModel | null, chain: FeatureChain): Plan {
    if (this.#plan?.meta !== meta || this.#plan.chain !== chain) this.#plan = { meta, chain, plan: predictPlan(this.#model, meta, chain) };
    return this.#plan.plan;
  }

  #read({ tensors }: RunReply, rows: number, whole: boolean): ReadOutputs {
    return whole ? this.outputs.readRequest(tensors, rows) : this.outputs.readRows(tensors, rows);
  }

  /**
   * Whether the feature graph was given an output that did not have the rows as dimension 0. Where that made it fail, it is run
   * again on the outputs as rows. (That of a model without a batch reads them as they come.)
   */
  #readsOtherForm({ forms }: ReadOutputs, chain: FeatureChain): boolean {
    const { rowMode } = this.#model;
    if (rowMode !== 'batched' && rowMode !== 'request') return false;
    const isOther = (name: string) => forms[name] !== undefined && forms[name] !== 'rows';
    return outputsRead(this.#model, chain).some(isOther);
  }

  /** What feature graph and meta-model made, unless it is not one entry a row (as the output that they read is not either). */
  #scoresOfRows(tensors: TensorMap, rows: number, chain: FeatureChain): TensorMap {
    const made: Record<string, Tensor> = {};
    let odd: string | null = null;
    for (const name in tensors) {
      const tensor = tensors[name];
      if (tensor === undefined || name.startsWith(OUTPUT_PREFIX)) continue;
      made[name] = tensor;
      if (tensor.dims[0] !== rows) odd = `${name} has shape [${tensor.dims.join(', ')}] for ${rows} rows`;
    }
    this.#shapeFaults.ended(chain.session, odd);
    return odd === null ? made : {};
  }

  /** A step needs what those before it made, so only the first that fails has a fault of its own. */
  #observe(steps: RunReply['steps'], { stages }: Plan): readonly EndedStep[] {
    const ended = endedStages(steps, stages);
    const failed = ended.find(({ error }) => error !== null);
    for (const step of ended) {
      this.#metrics.stage(step.stage, step.milliseconds);
      this.#faults.ended(step.name, step.error, step === failed ? null : (failed?.name ?? null));
    }
    return ended;
  }
}

interface NamedStep extends EndedStep {
  /** By its session, so that the next meta-model is another; the base model's is that of its first run. */
  readonly name: string;
}

/** What became of each stage: the time of all its steps, and the first error among them. */
function endedStages(steps: RunReply['steps'], stages: Plan['stages']): readonly NamedStep[] {
  const ended: NamedStep[] = [];
  steps.forEach(({ session, milliseconds, error }, index) => {
    const stage = stages[index]!;
    const last = ended.at(-1);
    if (last?.stage === stage) ended[ended.length - 1] = { ...last, milliseconds: last.milliseconds + milliseconds, error: last.error ?? error };
    else ended.push({ name: session, stage, milliseconds, error });
  });
  return ended;
}

function hasFeatures({ tensors }: RunReply, rows: number): boolean {
  return tensors[FEATURE_OUTPUTS.features]?.dims[0] === rows;
}

function millisecondsOf({ steps }: RunReply): number {
  return steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function rowForms(outputs: TensorMap): Readonly<Record<string, OutputForm>> {
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, 'rows']));
}
