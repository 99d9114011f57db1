import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse, parseAllDocuments } from 'yaml';

export const SCHEMAS = 'deploy/schemas';

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** With the merge keys (`<<`) that docker-compose.yml uses. */
export function readYaml<T>(path: string): T {
  return parse(readFileSync(path, 'utf8'), { merge: true }) as T;
}

/** docker-compose.yml as compose reads it where the environment sets nothing: defaults in the place of variables, in values only. */
export function readCompose<T>(): T {
  return withDefaults(readYaml('docker-compose.yml')) as T;
}

function withDefaults(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
  if (Array.isArray(value)) return value.map(withDefaults);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withDefaults(each)]));
}

/** Every document of every YAML file of a folder. */
export function readDocuments<T>(folder: string): T[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const documents = files.flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')));
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as T;
  });
}

/** A published schema; its formats (int32, duration and the like) are the business of the programs that read the files. */
export function validator(schema: AnySchemaObject): ValidateFunction {
  return new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
}

export function faultsOf(validate: ValidateFunction, value: unknown): string[] {
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`);
}
