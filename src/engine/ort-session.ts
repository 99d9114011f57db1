import { env, InferenceSession } from 'onnxruntime-node';
import { messageOf } from '../core/errors.js';
import type { ExecutionProvider, LoadedSession, ModelSource, SessionOptions } from './engine.js';
import { signatureOf } from './signature.js';

// Every error also comes as an exception with the same text; the engine's own copy on stderr would be a second line.
env.logLevel = 'fatal';

export interface OpenedSession extends LoadedSession {
  readonly session: InferenceSession;
}

function create(source: ModelSource, providers: readonly ExecutionProvider[], options: SessionOptions): Promise<InferenceSession> {
  const settings = {
    executionProviders: providers,
    intraOpNumThreads: options.intraOpThreads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.optimization === 'basic' ? 'basic' : 'all',
  } as const;
  if ('path' in source) return InferenceSession.create(source.path, settings);
  const external = source.folder === undefined ? {} : { extra: { session: { model_external_initializers_file_folder_path: source.folder } } };
  return InferenceSession.create(source.bytes, { ...settings, ...external });
}

/**
 * The session on the provider that was asked for first; the CPU takes the operators that it lacks. Where that fails, on
 * the CPU alone: a fault of the model itself fails there too, so it is never taken for a missing provider.
 */
async function createOrFallBack(source: ModelSource, options: SessionOptions): Promise<Omit<OpenedSession, 'signature'>> {
  const requested = options.executionProviders[0] ?? 'cpu';
  if (requested === 'cpu') return { session: await create(source, ['cpu'], options), executionProvider: 'cpu', fallback: null };
  try {
    return { session: await create(source, [requested, 'cpu'], options), executionProvider: requested, fallback: null };
  } catch (error) {
    const fallback = { requested, reason: messageOf(error) };
    return { session: await create(source, ['cpu'], options), executionProvider: 'cpu', fallback };
  }
}

/**
 * Opens a session. Rejects with the engine's message when the model cannot be loaded, and with a reason that names the
 * input or output when its signature holds something that is no supported tensor.
 */
export async function openSession(source: ModelSource, options: SessionOptions): Promise<OpenedSession> {
  const opened = await createOrFallBack(source, options).catch((error: unknown) => {
    throw readableLoadError(error);
  });
  try {
    return { ...opened, signature: signatureOf(opened.session.inputMetadata, opened.session.outputMetadata) };
  } catch (error) {
    await opened.session.release();
    throw error;
  }
}

/** Names of TensorProto.DataType beyond those that onnxruntime-node can read. */
const UNREADABLE_TYPES: Readonly<Record<string, string>> = {
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
};

function readableLoadError(error: unknown): Error {
  const message = messageOf(error);
  const number = /^Unsupported data type: (\d+)$/.exec(message)?.[1];
  if (number === undefined) return error instanceof Error ? error : new Error(message);
  return new Error(`an input or output has the element type ${UNREADABLE_TYPES[number] ?? number}, which is not supported`);
}
