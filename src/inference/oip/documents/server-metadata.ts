/** What of the Open Inference Protocol the server speaks beyond its core, under the names that clients look for. */
export const EXTENSIONS = [
  'binary_tensor_data',
  'model_repository',
  'statistics',
  'model_configuration',
  'classification',
  'parameters',
  'schedule_policy(timeout)',
] as const;

export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** The document of `GET /v2`; `version` is the release of the server. */
export function serverMetadata(version: string): ServerMetadata {
  return { name: 'metaerr', version, extensions: EXTENSIONS };
}
