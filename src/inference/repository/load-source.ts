import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors.js';
import type { EnginePool, LoadedSession, ModelSource, SessionOptions } from '../../engine/engine.js';
import { isMissingLocale, PORTABLE_LOCALE, withPortableLocale } from '../../engine/onnx/locale.js';

export interface LoadedSource {
  readonly session: LoadedSession;
  /** What was loaded: the source that was given, or another form of it. */
  readonly source: ModelSource;
  readonly note: string | null;
}

async function withLocale(source: ModelSource): Promise<ModelSource | null> {
  const bytes = 'path' in source ? await readFile(source.path) : source.bytes;
  const changed = withPortableLocale(bytes);
  if (changed === null) return null;
  return 'path' in source ? { bytes: changed, folder: path.dirname(source.path) } : { ...source, bytes: changed };
}

/**
 * Loads a model, with another locale for its texts where the system lacks the engine's own: scikit-learn's text vectorizers ask for none, and the
 * engine then takes one that small images of systems do not have.
 */
export async function loadSource(pool: EnginePool, id: string, source: ModelSource, options: SessionOptions): Promise<LoadedSource> {
  try {
    return { session: await pool.load(id, source, options), source, note: null };
  } catch (error) {
    const other = isMissingLocale(messageOf(error)) ? await withLocale(source) : null;
    if (other === null) throw error;
    const note = `texts: in the locale ${PORTABLE_LOCALE}, because the model names none and this system lacks the one that the engine takes then.`;
    return { session: await pool.load(id, other, options), source: other, note };
  }
}
