import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, InjectOptions } from 'fastify';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const compiled = new WeakMap<object, ValidateFunction>();
const ajv = formats.default(new Ajv({ strict: false, allErrors: true }));

function findOperation(paths: Paths, url: string, method: string): Operation | undefined {
  if (paths[url] !== undefined) return paths[url][method];
  for (const [template, operations] of Object.entries(paths)) {
    const pattern = new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`);
    if (pattern.test(url)) return operations[method];
  }
  return undefined;
}

/** Throws unless the OpenAPI document has this status for the route, and the body fits its schema; undefined stands for one that is no JSON. */
export function checkReply(app: FastifyInstance, request: InjectOptions, status: number, body: unknown): void {
  const path = (typeof request.url === 'string' ? request.url : '').split('?', 1)[0] ?? '';
  const method = String(request.method ?? 'GET').toLowerCase();
  const document = app.swagger() as unknown as { readonly paths: Paths; readonly components?: object };
  const operation = findOperation(document.paths, path, method);
  // A path or method that no route has is answered by the not-found handler.
  if (operation === undefined) return;
  const response = operation.responses[String(status)];
  if (response === undefined) throw new Error(`${method} ${path} answered ${status}, which its schema does not have`);
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined || body === undefined) return;
  // A reference to a component is resolved from the root of the schema that has it.
  const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: document.components });
  compiled.set(schema, validate);
  if (!validate(body)) throw new Error(`${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 500)}`);
}
