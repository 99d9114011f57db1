import type { EnginePool, LoadedSession, ModelSource, SessionOptions } from '../../engine/engine.js';
import type { ModelSettings } from '../config/folder-reader.js';
import { gatherEvidence, type BaseEvidence } from './base-evidence.js';
import type { BaseFile } from './base-file.js';
import { runSession } from './base-probe.js';
import { loadSource } from './load-source.js';
import { differingOutput } from './rows-agree.js';

export interface OpenBase {
  readonly session: LoadedSession;
  readonly source: ModelSource;
  readonly evidence: BaseEvidence;
  /** What was assumed on the way, in words. */
  readonly notes: readonly string[];
}

/** What is opened: a file, with the settings of its folder, as a session of a pool. */
export interface BaseOrder {
  readonly pool: EnginePool;
  readonly id: string;
  readonly file: BaseFile;
  readonly settings: ModelSettings;
}

async function open({ pool, id, file, settings }: BaseOrder, optimization: SessionOptions['optimization']): Promise<OpenBase> {
  const options = { executionProviders: settings.execution_providers, intraOpThreads: settings.intra_op_threads, optimization };
  const { session, source, note } = await loadSource(pool, id, file.source, options);
  const notes = note === null ? [] : [note];
  const evidence = await gatherEvidence(pool, id, session.signature, file, settings, (text) => notes.push(text));
  return { session, source, evidence, notes };
}

/** The output that two ways of optimizing answer differently for the same rows; null when they agree. */
async function disputedOutput({ pool, id, settings }: BaseOrder, { session, source, evidence }: OpenBase): Promise<string | null> {
  const reference = `${id}-reference`;
  const inputs = evidence.sample?.inputs(3);
  if (inputs === undefined) return null;
  await pool.load(reference, source, { executionProviders: ['cpu'], intraOpThreads: settings.intra_op_threads, optimization: 'basic' });
  try {
    const run = (which: string) => runSession(pool, which, session.signature, inputs);
    return differingOutput(await run(id), await run(reference));
  } finally {
    await pool.unload(reference);
  }
}

/**
 * Opens a base model and gathers its evidence. Where the rows of a run seem to influence each other, a fault of the engine's optimizer is looked
 * for first: some of its fusions are wrong for several rows. A model that it spoils is opened with basic optimizations only.
 */
export async function openBase(order: BaseOrder): Promise<OpenBase> {
  const first = await open(order, 'full');
  const disputed = first.evidence.rowsMix ? await disputedOutput(order, first) : null;
  if (disputed === null) return first;
  await order.pool.unload(order.id);
  const second = await open(order, 'basic');
  const note = `engine: basic optimizations only, because with all of them output ${disputed} of several rows is another than the graph says.`;
  return { ...second, notes: [note, ...second.notes] };
}
