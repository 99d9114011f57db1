import { Ajv, type DefinedError } from 'ajv';
import { parseDocument } from 'yaml';
import { messageOf } from '../../core/errors.js';
import { crossFaults } from './cross-checks.js';
import { describeFault } from './faults.js';
import { ModelFileSchema, type ModelFile } from './file-schema.js';

const ajv = new Ajv({ allErrors: true, useDefaults: true, allowUnionTypes: true, verbose: true });
const check = ajv.compile<ModelFile>(ModelFileSchema);

export type ParsedModelFile = { readonly file: ModelFile; readonly faults: readonly [] } | { readonly file: null; readonly faults: readonly string[] };

function parseYaml(text: string): { readonly data: unknown; readonly faults: readonly string[] } {
  const document = parseDocument(text, { prettyErrors: true });
  const faults = document.errors.map((error) => `YAML: ${error.message.replaceAll(/\s+/g, ' ').trim()}`);
  if (faults.length > 0) return { data: null, faults };
  try {
    return { data: document.toJS({ maxAliasCount: 100 }) ?? {}, faults };
  } catch (error) {
    return { data: null, faults: [`YAML: ${messageOf(error)}`] };
  }
}

/** Reads the text of a `metaerr.yaml`. Either the settings with all defaults filled in, or every fault, each with its path. */
export function parseModelFile(text: string): ParsedModelFile {
  const yaml = parseYaml(text);
  if (yaml.faults.length > 0) return { file: null, faults: yaml.faults };
  const data = yaml.data;
  // The check fills in the defaults.
  const given = typeof data === 'object' && data !== null ? Object.keys(data) : [];
  if (!check(data)) return { file: null, faults: ((check.errors ?? []) as DefinedError[]).map(describeFault) };
  const faults = crossFaults(data, given);
  return faults.length > 0 ? { file: null, faults } : { file: data, faults: [] };
}
