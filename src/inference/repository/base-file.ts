import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MetaErrError, messageOf } from '../../core/errors.js';
import type { ModelSource } from '../../engine/engine.js';
import { sha256OfFile } from '../../engine/file-digest.js';
import { carryOutputs, type ServedOutput } from '../../engine/onnx/carried-outputs.js';
import { categoryHints, type CategoryHint } from '../../engine/onnx/category-hints.js';
import { externalLocations } from '../../engine/onnx/external-data.js';
import { readModel, type OnnxModel } from '../../engine/onnx/model-reader.js';
import { inputFault, planOutputs, type OutputChange } from '../../engine/onnx/output-plan.js';
import { columnHints } from '../../engine/onnx/size-hints.js';
import { readStructure } from '../../engine/onnx/structure.js';
import type { ValueInfo } from '../../engine/onnx/value-info.js';
import type { GraphEvidence } from '../config/evidence.js';
import { graphEvidence } from './graph-evidence.js';
import { describeServed } from './served-notes.js';

/** The file of a base model, read without the engine. */
export interface BaseFile {
  /** SHA-256 (hex) of the file and its external data as they lie on disk. */
  readonly digest: string;
  /** What the engine loads: the file itself, or the rewritten model. */
  readonly source: ModelSource;
  readonly graph: GraphEvidence;
  /** The inputs as the graph declares them. */
  readonly inputs: readonly ValueInfo[];
  /** Number of columns or channels of inputs, as far as the operators that read them tell. */
  readonly columns: ReadonlyMap<string, number>;
  /** Categories that the graph knows in columns of its inputs. */
  readonly categories: readonly CategoryHint[];
  /** What is served otherwise than the file declares it, in words. */
  readonly notes: readonly string[];
}

function unavailable(message: string): MetaErrError {
  return new MetaErrError('MODEL_UNAVAILABLE', message);
}

/** A file of external data, which must lie in the folder of the model. */
async function externalFile(folder: string, name: string): Promise<{ readonly name: string; readonly path: string }> {
  const file = path.resolve(folder, name);
  const within = path.relative(folder, file);
  if (path.isAbsolute(name) || within === '' || within.startsWith('..')) throw unavailable(`external data: ${name} is outside of the folder of the model`);
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) throw unavailable(`external data: the file ${name} is missing beside model.onnx`);
  return { name, path: file };
}

function refuseWithoutOutputs(model: OnnxModel, changes: readonly OutputChange[]): void {
  const dropped = changes.filter((change) => change.kind === 'dropped');
  if (dropped.length < model.outputs.length || dropped.length === 0) return;
  throw unavailable(`no output can be served: ${dropped.map(({ output, reason }) => `${output}: ${reason}`).join('; ')}`);
}

interface Served {
  readonly source: ModelSource;
  readonly served: readonly ServedOutput[];
}

async function servedModel(file: string, model: OnnxModel): Promise<Served> {
  const changes = planOutputs(model);
  refuseWithoutOutputs(model, changes);
  if (changes.length === 0) return { source: { path: file }, served: [] };
  const bytes = await readFile(file);
  const whole = readModel(bytes);
  const { bytes: rewritten, served } = carryOutputs(bytes, whole, planOutputs(whole));
  return { source: { bytes: rewritten, folder: path.dirname(file) }, served };
}

/**
 * Reads `model.onnx`: its structure, and its bytes only when outputs must be served otherwise than they are declared. Throws
 * MODEL_UNAVAILABLE when it is no ONNX model, when an input cannot be sent, or when no output can be served.
 */
export async function readBaseFile(file: string): Promise<BaseFile> {
  try {
    return await read(file);
  } catch (error) {
    throw error instanceof MetaErrError ? error : unavailable(`model.onnx cannot be read: ${messageOf(error)}`);
  }
}

async function read(file: string): Promise<BaseFile> {
  const structure = await readStructure(file);
  const model = readModel(structure);
  const fault = inputFault(model);
  if (fault !== null) throw unavailable(fault);
  const external = await Promise.all(externalLocations(structure).map((name) => externalFile(path.dirname(file), name)));
  const { source, served } = await servedModel(file, model);
  return {
    digest: await sha256OfFile(file, external),
    source,
    graph: graphEvidence(model, served),
    inputs: model.inputs,
    columns: columnHints(model),
    categories: categoryHints(model),
    notes: served.map(describeServed),
  };
}
