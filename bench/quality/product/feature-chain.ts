import { createDirectSession } from '../../../src/engine/direct-session.js';
import type { DirectSession } from '../../../src/engine/engine.js';
import type { Tensor, TensorInfo, TensorMap } from '../../../src/engine/tensor.js';
import { DEFAULT_FEATURE_WIDTH } from '../../../src/inference/config/file-schema.js';
import { behaviourLayout } from '../../../src/meta/features/behaviour-layout.js';
import { guessedPictures } from '../../../src/meta/features/flat-picture.js';
import { buildFeatureGraph } from '../../../src/meta/features/graph.js';
import type { FeatureLayout } from '../../../src/meta/features/layout.js';
import { planFeatures } from '../../../src/meta/features/plan.js';
import type { ScoreSource } from '../../../src/meta/features/plan.js';

const ROWS_A_RUN = 500;
const OPTIONS = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

/** How a base model's outputs are read: as scores of classes, in the output of that name; or, where there are no classes, its first output as features. */
export type OutputReading = { readonly kind: 'probabilities' | 'logits'; readonly classes: number } | null;

/** What base model and feature graph gave for the rows from `start` on. */
export interface ChainRun {
  readonly start: number;
  /** rows x outputs: the base model's output that is read. */
  readonly output: Float32Array;
  /** By the names of `FEATURE_OUTPUTS`. */
  readonly features: TensorMap;
}

/** The tensor of that name. Throws where there is none, or where it is of another type. */
export function wantedTensor<T extends Tensor['type']>(tensors: TensorMap, name: string, type: T): Extract<Tensor, { type: T }> {
  const tensor = tensors[name];
  if (tensor?.type !== type) throw new Error(`expected a ${type} tensor '${name}', got ${tensor?.type ?? 'none'}`);
  return tensor as Extract<Tensor, { type: T }>;
}

function outputOf({ signature }: DirectSession, reading: OutputReading): TensorInfo {
  const output = reading === null ? signature.outputs[0] : signature.outputs.find(({ name }) => name === reading.kind);
  if (output === undefined) throw new Error(`the base model has no output${reading === null ? '' : ` '${reading.kind}'`}`);
  return output;
}

/** The parts of a chain. */
interface Parts {
  readonly layout: FeatureLayout;
  readonly base: DirectSession;
  readonly graph: DirectSession;
  /** Of the feature graph's inputs from the base model's inputs and outputs. */
  readonly feeds: Readonly<Record<string, string>>;
  /** Names of the base model's input, and of the output that is read. */
  readonly input: string;
  readonly output: string;
}

/** A base model with one input, and the product's feature graph behind it. */
export class FeatureChain {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Opens a base model and plans, writes and opens its feature graph, by the product's own functions and with its defaults. */
  static async open(onnx: Uint8Array, reading: OutputReading): Promise<FeatureChain> {
    const base = await createDirectSession({ bytes: onnx }, OPTIONS);
    const output = outputOf(base, reading);
    const source: ScoreSource | null = reading === null ? null : { output, kind: reading.kind };
    const { inputs } = base.signature;
    const [input] = inputs;
    if (input === undefined || inputs.length > 1) throw new Error(`expected a base model with one input, got ${inputs.length}`);
    const outputs = source === null ? [output] : [];
    const pictures = guessedPictures(inputs, true);
    const behaviour = behaviourLayout(reading?.classes ?? null);
    const layout = planFeatures({ inputs, outputs, batched: true, source, behaviour, maxWidth: DEFAULT_FEATURE_WIDTH, pictures, series: 'auto', texts: new Set(), tokens: new Map() });
    const { onnx: graph, feeds } = buildFeatureGraph(layout, source, true);
    return new FeatureChain({ layout, base, graph: await createDirectSession({ bytes: graph }, OPTIONS), feeds, input: input.name, output: output.name });
  }

  get layout(): FeatureLayout {
    return this.#parts.layout;
  }

  /** Runs rows of this shape (rows x numbers of one, row-major), some at a time and in their order. */
  async *run(values: Float32Array, rows: number, shape: readonly number[]): AsyncGenerator<ChainRun> {
    const width = shape.reduce((product, size) => product * size, 1);
    for (let start = 0; start < rows; start += ROWS_A_RUN) {
      const end = Math.min(rows, start + ROWS_A_RUN);
      yield await this.#runRows(start, { type: 'float32', dims: [end - start, ...shape], data: values.slice(start * width, end * width) });
    }
  }

  async #runRows(start: number, rows: Tensor): Promise<ChainRun> {
    const { base, graph, feeds, input, output } = this.#parts;
    const fed: TensorMap = { [input]: rows };
    const known: TensorMap = { ...(await base.run(fed)), ...fed };
    const features = await graph.run(Object.fromEntries(Object.entries(feeds).map(([name, source]) => [name, known[source] ?? rows])));
    return { start, features, output: wantedTensor(known, output, 'float32').data };
  }

  async release(): Promise<void> {
    await this.#parts.base.release();
    await this.#parts.graph.release();
  }
}
