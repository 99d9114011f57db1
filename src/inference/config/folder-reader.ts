import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MetaErrError } from '../../core/errors.js';
import { isExactNumber } from '../../core/exact-number.js';
import { parseModelFile } from './file-parser.js';
import type { ModelFile } from './file-schema.js';

export const MODEL_FILE_NAME = 'metaerr.yaml';
const MAX_BYTES = 16 * 1024 * 1024;

/** The settings of a model's folder, with `labels` read from their file. */
export type ModelSettings = Omit<ModelFile, 'labels'> & { readonly labels: readonly string[] | null };

function refuse(faults: readonly string[]): never {
  throw new MetaErrError('MODEL_UNAVAILABLE', `${MODEL_FILE_NAME}: ${faults.join('; ')}`);
}

/** The text of a small file, or null when there is none. */
async function textOf(file: string): Promise<string | null> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isFile() || found.size > MAX_BYTES) refuse([`${path.basename(file)} must be a file of at most ${MAX_BYTES / 1024 / 1024} MiB`]);
  const bytes = await readFile(file);
  // Letters in another encoding would become others without a word, and no ground truth would be that label.
  if (!isUtf8(bytes)) refuse([`${path.basename(file)} must be text in UTF-8`]);
  return bytes.toString('utf8');
}

async function labelsFromFile(folder: string, name: string): Promise<readonly string[]> {
  if (path.basename(name) !== name || name === '.' || name === '..') refuse([`labels: must be the name of a file in the folder of the model, got ${name}`]);
  const text = await textOf(path.join(folder, name));
  if (text === null) refuse([`labels: the file ${name} does not exist in the folder of the model`]);
  const lines = text.replace(/^\uFEFF/, '').replace(/(\r?\n)+$/, '').split(/\r?\n/).map((line) => line.trim());
  const blank = lines.indexOf('');
  if (blank >= 0) refuse([`labels: line ${blank + 1} of ${name} is empty; expected one class name a line`]);
  return lines;
}

async function labelsOf(folder: string, labels: ModelFile['labels']): Promise<readonly string[] | null> {
  if (labels === undefined) return null;
  if (typeof labels === 'string') return labelsFromFile(folder, labels);
  const rounded = labels.findIndex((label) => typeof label === 'number' && !isExactNumber(label));
  if (rounded >= 0) refuse([`labels[${rounded}]: a number beyond 2^53 - 1 does not keep its digits; put it in quotes`]);
  return labels.map(String);
}

/**
 * Reads `<folder>/metaerr.yaml`; a folder without the file gets the defaults.
 * Throws MODEL_UNAVAILABLE with every fault of the file, each with its path.
 */
export async function readModelSettings(folder: string): Promise<ModelSettings> {
  const { file, faults } = parseModelFile((await textOf(path.join(folder, MODEL_FILE_NAME))) ?? '');
  if (file === null) refuse(faults);
  return { ...file, labels: await labelsOf(folder, file.labels) };
}
