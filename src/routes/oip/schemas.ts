import { Type, type TSchema } from 'typebox';
import { VersionParameters } from '../predict.js';
import { closed, ModelParameter, named } from '../schemas.js';

export const TAG = 'open inference protocol';

export const OipError = named(
  'OipError',
  closed({ error: Type.String({ description: 'What was wrong and what was expected.' }) }, 'Every error of the protocol has this form.'),
);

/** The replies of a route: 200 and the errors that it can give. */
export function oipReplies<S extends TSchema>(success: S, ...errors: number[]): Record<number, TSchema> {
  return Object.fromEntries([[200, success], ...[...errors, 500].map((code) => [code, OipError])]) as Record<number, TSchema>;
}

/** A route that is there twice: for the version that serves, and with the version in its path. */
export const MODEL_AND_VERSION = [
  { path: '/v2/models/:model', suffix: '', params: ModelParameter, which: 'the loaded version' },
  { path: '/v2/models/:model/versions/:version', suffix: 'Version', params: VersionParameters, which: 'a given version' },
] as const;

/** What the path says; null is the version that serves. */
export interface ModelPath {
  readonly model: string;
  readonly version?: number;
}
