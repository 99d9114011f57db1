import { Ajv } from 'ajv';
import type { FastifyInstance } from 'fastify';
import formats from 'ajv-formats';

/**
 * Bodies are checked as they are: no coercion, nothing stripped. Query and path are text by nature, so there numbers are read
 * from text.
 */
export function useStrictValidation(app: FastifyInstance): void {
  const options = { strict: false, removeAdditional: false, useDefaults: true, allErrors: false } as const;
  const body = formats.default(new Ajv({ ...options, coerceTypes: false }));
  const text = formats.default(new Ajv({ ...options, coerceTypes: true }));
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? body : text).compile(schema as object));
}
