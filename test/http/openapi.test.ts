import t from 'tap';
import { HTTP_STATUS } from '../../src/plugins/errors.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface Schema {
  readonly description?: string;
  readonly type?: string | string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: unknown;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

/** Paths of properties without a description. */
function undescribed(schema: Schema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description === undefined ? [`${path}.${name}`] : []),
    ...undescribed(property, `${path}.${name}`),
  ]);
  const inner = [schema.items, ...(schema.anyOf ?? [])].flatMap((each) => (each === undefined ? [] : undescribed(each, path)));
  return [...own, ...inner];
}

t.test('rules over the OpenAPI document', async (t) => {
  const { app } = await startApp(t, { models: {}, start: false });
  const document = app.swagger() as unknown as { openapi: string; paths: Record<string, Record<string, Operation>> };
  t.equal(document.openapi, '3.1.0');
  const ids = new Set<string>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      t.ok(operation.operationId !== undefined && !ids.has(operation.operationId), `${name} has an id of its own`);
      ids.add(operation.operationId ?? '');
      t.ok(operation.summary !== undefined && operation.tags?.length === 1, `${name} has a summary and a tag`);
      t.ok(operation.parameters?.every(({ description }) => description !== undefined) ?? true, `${name} describes its parameters`);
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        t.ok(description !== undefined && description !== 'Default Response', `${name} describes ${status}`);
        for (const { schema } of Object.values(content ?? {})) t.same(undescribed(schema, `${name} ${status}`), []);
      }
      if (path.startsWith('/v1/')) t.ok('500' in operation.responses, `${name} has error replies`);
    }
  }
});

t.test('content types and empty bodies', async (t) => {
  const app = await startApp(t, { models: { m: { onnx: linearClassifier() } } });
  const headers = { 'content-type': 'application/json' };
  t.equal((await app.call({ method: 'POST', url: '/v1/models/m/retrain', headers })).status, 202, 'an empty JSON body is none');
  t.equal((await app.call({ method: 'POST', url: '/v1/models/m/predict', headers })).status, HTTP_STATUS.INVALID_REQUEST, 'a route that reads a body asks for it');
  t.equal((await app.call({ method: 'POST', url: '/v1/models/m/predict', headers, payload: '{"__proto__": {"x": 1}, "instances": [[1,2,3,4]]}' })).status, HTTP_STATUS.INVALID_JSON);
  t.equal((await app.call({ method: 'POST', url: '/v1/models/m/predict', headers, payload: '{"instances": [["1",2,3,4]]}' })).status, HTTP_STATUS.INVALID_INPUT, 'text is no number');
  t.equal((await app.call({ method: 'POST', url: '/v1/models/m/predict', headers, payload: '{"instances": [[1,2,3,4]], "extra": 1}' })).status, HTTP_STATUS.INVALID_REQUEST, 'unknown fields are refused');
});
