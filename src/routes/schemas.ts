import { Type, type TProperties, type TSchema } from 'typebox';
import { ERROR_CATALOGUE } from '../core/errors.js';

/** A number that can be absent: null in JSON. */
export const nullableNumber = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });
export const nullableText = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description });
export const isoTimeText = (description: string) => Type.String({ format: 'date-time', description, examples: ['2026-03-01T12:00:00.000Z'] });
export const nullableTime = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });

/** A name that is looked up, in a path or a query. No store has U+0000 in its texts, so nothing is called so. */
export const lookedUp = (description: string) => Type.String({ minLength: 1, pattern: '^[^\\u0000]+$', description });

/** An object of the API: closed on the way in, complete on the way out. */
export const closed = <P extends TProperties>(properties: P, description: string) => Type.Object(properties, { additionalProperties: false, description });

/** Gives a schema the name that it has among the components of the OpenAPI document, and in clients generated from it. */
export const named = <S extends TSchema>(title: string, schema: S): S => ({ ...schema, title });

export const ModelParameter = closed({ model: Type.String({ minLength: 1, description: 'Name of the model in the model repository.' }) }, 'Path parameters.');

export const ErrorReply = named('ErrorReply', closed(
  {
    error: closed(
      {
        code: Type.String({ enum: Object.keys(ERROR_CATALOGUE), description: 'Code of the error; docs/errors.md lists them.' }),
        message: Type.String({ description: 'What was wrong and what was expected.' }),
        field: Type.Optional(Type.String({ description: 'The field of the request that is at fault.' })),
        request_id: Type.String({ description: 'Id of the request, also in the log and in the x-request-id header.' }),
      },
      'The error.',
    ),
  },
  'Every error has this form.',
));

/** The replies of a route: its success and the errors that it can give. */
export function replies<S extends TSchema>(status: number, success: S, ...errors: number[]): Record<number, TSchema> {
  return Object.fromEntries([[status, success], ...[...errors, 500].map((code) => [code, ErrorReply])]) as Record<number, TSchema>;
}

export const DateRange = {
  from: Type.Optional(isoTimeText('Only predictions made at this time or later.')),
  to: Type.Optional(isoTimeText('Only predictions made before this time.')),
};
