import { MetaErrError, messageOf } from '../../../src/core/errors.js';
import { MODEL_FILE } from '../../../src/inference/repository/folder-scan.js';

/** What is wrong with a folder of one's own, in one line that names the file and the place in it. */
export class OwnFault extends Error {
  override readonly name = 'OwnFault';

  constructor(file: string, place: string | null, message: string) {
    super(`${file}: ${place === null ? '' : `${place}: `}${message}`);
  }
}

/** The first of many texts. */
export function shortList(texts: readonly string[]): string {
  return texts.length <= 10 ? texts.join(', ') : `${texts.slice(0, 10).join(', ')} and ${texts.length - 10} more`;
}

const LOADED_FILE = /^(?:(metaerr\.yaml|model\.onnx):? )?([^]*)$/;

/** Throws what the loader or the runner of the service says of a model as an OwnFault, in one line with the name of the file first; any other error as it is. */
export function throwOwnFault(error: unknown): never {
  if (!(error instanceof MetaErrError)) throw error;
  const [, file = MODEL_FILE, message = ''] = LOADED_FILE.exec(messageOf(error)) ?? [];
  throw new OwnFault(file, null, message.replaceAll(/\s+/g, ' '));
}
