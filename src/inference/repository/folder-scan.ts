import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MetaErrError, messageOf } from '../../core/errors.js';

const MODEL_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const VERSION_NAME = /^[1-9][0-9]{0,9}$/;
export const MODEL_FILE = 'model.onnx';

/** Version of a model that is served elsewhere, where metaerr.yaml names none. */
export const EXTERNAL_VERSION = 1;

/** A version of a model in Triton's layout, `<name>/<version>/model.onnx`. */
export interface VersionFile {
  readonly version: number;
  readonly file: string;
}

/** Why a folder cannot be the name of a model; null when it can. */
export function nameFault(name: string): string | null {
  return MODEL_NAME.test(name) ? null : 'the name of the folder must have up to 128 letters, digits, ".", "_" and "-", and not begin with "." or "-"';
}

/**
 * Names of the folders in a model repository, in order; those that begin with a dot are left out, as are files.
 * Rejects with the error of the file system when the repository cannot be read.
 */
export async function scanRepository(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory);
  return (await onlyFolders(directory, entries.filter((name) => !name.startsWith('.')))).sort();
}

export async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then((found) => found.isDirectory(), () => false);
}

async function onlyFolders(directory: string, names: readonly string[]): Promise<string[]> {
  const folders = await Promise.all(names.map((name) => isFolder(path.join(directory, name))));
  return names.filter((_, i) => folders[i]);
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then((found) => found.isFile(), () => false);
}

/** The versions that a model's folder has a folder for, ascending. Throws MODEL_UNAVAILABLE when it cannot be read. */
export async function versionFolders(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new MetaErrError('MODEL_UNAVAILABLE', `the folder of the model cannot be read: ${messageOf(error)}`);
  });
  const folders = await onlyFolders(folder, names.filter((name) => VERSION_NAME.test(name)));
  return folders.map(Number).sort((a, b) => a - b);
}

/**
 * The newest version of a model, or the configured one. Throws MODEL_UNAVAILABLE when there is none, or when it lacks its
 * `model.onnx` (an older version never stands in for a newer one that is broken).
 */
export async function findVersion(folder: string, configured: number | undefined): Promise<VersionFile> {
  const versions = await versionFolders(folder);
  const version = configured ?? versions.at(-1);
  if (version === undefined) {
    throw new MetaErrError('MODEL_UNAVAILABLE', `the model has no version; expected <version>/${MODEL_FILE} with a positive integer as version`);
  }
  if (!versions.includes(version)) throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: version: there is no version ${version}`);
  const file = path.join(folder, String(version), MODEL_FILE);
  if (!(await isFile(file))) throw new MetaErrError('MODEL_UNAVAILABLE', `version ${version} has no file ${MODEL_FILE}`);
  return { version, file };
}
