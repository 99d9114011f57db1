import { readdirSync, readFileSync } from 'node:fs';

// From dist/test/support/ up to the root: fixtures stay where the sources are.
const FOLDER = new URL('../../../test/fixtures/sklearn/', import.meta.url);

/** What scikit-learn itself answers; classifiers have labels and probabilities, regressors values. */
export interface SklearnExpected {
  readonly inputs: readonly (readonly number[])[];
  readonly classes?: readonly string[];
  readonly labels?: readonly string[];
  readonly probabilities?: readonly (readonly number[])[];
  readonly values?: readonly number[];
}

export function sklearnNames(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

export function sklearnModel(name: string): Uint8Array {
  return readFileSync(new URL(`${name}/model.onnx`, FOLDER));
}

export function sklearnExpected(name: string): SklearnExpected {
  return JSON.parse(readFileSync(new URL(`${name}/expected.json`, FOLDER), 'utf8')) as SklearnExpected;
}
