import { readFile } from 'node:fs/promises';
import { MetaErrError, messageOf } from '../../core/errors.js';
import type { ModelSource } from '../../engine/engine.js';
import { sha256OfFile } from '../../engine/file-digest.js';
import { classLabelsOf } from '../../engine/onnx/class-labels.js';
import { readModel } from '../../engine/onnx/model-reader.js';
import { replaceZipMaps, type ReplacedOutput } from '../../engine/onnx/zipmap.js';
import type { GraphEvidence } from '../config/evidence.js';
import { graphEvidence } from './graph-evidence.js';

/** The file of a base model, read without the engine. */
export interface BaseFile {
  /** SHA-256 (hex) of the file as it lies on disk. */
  readonly digest: string;
  /** What the engine loads: the file itself, so that its external data is found, or the rewritten model. */
  readonly source: ModelSource;
  readonly graph: GraphEvidence;
  /** Outputs that were sequences of maps, and the tensors that are served in their place. */
  readonly replaced: readonly ReplacedOutput[];
}

/** Reads `model.onnx`. Throws MODEL_UNAVAILABLE when it is no ONNX model, or when an output can never be served. */
export async function readBaseFile(file: string): Promise<BaseFile> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new MetaErrError('MODEL_UNAVAILABLE', `model.onnx cannot be read: ${messageOf(error)}`);
  });
  const model = readModel(bytes);
  const { bytes: served, replaced, unsupported } = replaceZipMaps(bytes, model);
  if (unsupported.length > 0) {
    throw new MetaErrError('MODEL_UNAVAILABLE', unsupported.map(({ output, reason }) => `output ${output}: ${reason}`).join('; '));
  }
  return {
    digest: await sha256OfFile(file),
    source: replaced.length === 0 ? { path: file } : { bytes: served },
    graph: graphEvidence(model, classLabelsOf(model)),
    replaced,
  };
}
