import { MetaErrError } from '../../core/errors.js';
import type { LoadedSession } from '../../engine/engine.js';
import type { Tensor } from '../../engine/tensor.js';
import { META_GRAPH } from '../../meta/features/layout.js';
import type { LiveMetaModel } from '../contracts.js';
import type { LoadedVersion } from './loaded-version.js';

/** Meta-models are small: one thread on the CPU, whatever runs the base model. */
const OPTIONS = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;

function checkSignature({ signature }: LoadedSession, width: number): void {
  const input = signature.inputs.find((info) => info.name === META_GRAPH.input);
  const output = signature.outputs.find((info) => info.name === META_GRAPH.output);
  if (input?.type !== 'float32' || signature.inputs.length !== 1) {
    throw new MetaErrError('INTERNAL', `the meta-model must have one input, ${META_GRAPH.input} (float32)`);
  }
  if (output?.type !== 'float32') throw new MetaErrError('INTERNAL', `the meta-model must have the output ${META_GRAPH.output} (float32)`);
  const own = input.dims[1] ?? width;
  if (own !== width) throw new MetaErrError('INTERNAL', `the meta-model reads ${own} features, but the model has ${width}`);
}

function checkProbabilities(tensor: Tensor | undefined, rows: number): void {
  const values = tensor?.type === 'float32' ? Array.from(tensor.data) : [];
  if (values.length !== rows || !values.every((value) => value >= 0 && value <= 1)) {
    throw new MetaErrError('INTERNAL', `the meta-model must answer ${rows} failure probabilities in [0, 1] for ${rows} rows, got ${JSON.stringify(values)}`);
  }
}

async function warmUp(loaded: LoadedVersion, session: string): Promise<void> {
  const run = async (rows: number) => {
    const { width } = loaded.features.layout;
    const features: Tensor = { type: 'float32', dims: [rows, width], data: new Float32Array(rows * width) };
    const steps = [{ session, feeds: { [META_GRAPH.input]: 'features' }, fetches: { [META_GRAPH.output]: 'probability' }, optional: false }];
    const reply = await loaded.pool.run({ steps, tensors: { features }, fetch: ['probability'] });
    checkProbabilities(reply.tensors['probability'], rows);
  };
  await Promise.all(Array.from({ length: loaded.pool.instances }, () => run(1)));
  await run(2);
}

/** A meta-model as the registry has it. */
export interface StoredMetaModel extends Pick<LiveMetaModel, 'version' | 'labelFree'> {
  readonly onnx: Uint8Array;
}

/**
 * Loads a meta-model as a session of its own beside the base model, checks what it reads and answers, and warms it up in every
 * thread. Rejects, with nothing left behind, when it cannot serve.
 */
export async function openMetaSession(loaded: LoadedVersion, { version, onnx, labelFree }: StoredMetaModel): Promise<LiveMetaModel> {
  const session = loaded.newMetaSession(version);
  const opened = await loaded.pool.load(session, { bytes: onnx }, OPTIONS);
  try {
    checkSignature(opened, loaded.features.layout.width);
    await warmUp(loaded, session);
  } catch (error) {
    await loaded.pool.unload(session);
    throw error;
  }
  return { version, labelFree, session };
}
