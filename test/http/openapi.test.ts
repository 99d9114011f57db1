import t from 'tap';
import { HTTP_STATUS } from '../../src/plugins/errors.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';

interface Schema {
  readonly $ref?: string;
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
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

/** Paths of properties without a description; one that refers to a component has the component's. */
function undescribed(schema: Schema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description === undefined && property.$ref === undefined ? [`${path}.${name}`] : []),
    ...undescribed(property, `${path}.${name}`),
  ]);
  const inner = [schema.items, ...(schema.anyOf ?? [])].flatMap((each) => (each === undefined ? [] : undescribed(each, path)));
  return [...own, ...inner];
}

t.test('rules over the OpenAPI document', async (t) => {
  const { app } = await startApp(t, { models: {}, start: false });
  const document = app.swagger() as unknown as { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };
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
      if (/^\/v[12]\//.test(path)) t.ok('500' in operation.responses, `${name} has error replies`);
    }
  }
});

t.test('components are described, and every reference finds one', async (t) => {
  const { app } = await startApp(t, { models: {}, start: false });
  const document = app.swagger() as unknown as { components: { schemas: Record<string, Schema> } };
  for (const [name, schema] of Object.entries(document.components.schemas)) t.same(undescribed(schema, name), []);
  const references = [...new Set(JSON.stringify(document).match(/"#\/components\/schemas\/[^"]+"/g))].map((text) => text.slice('"#/components/schemas/'.length, -1));
  t.ok(references.length > 5);
  for (const name of references) t.ok(name in document.components.schemas, name);
});

t.test('the Open Inference Protocol: both content types, one form of errors, optional bodies', async (t) => {
  const { app } = await startApp(t, { models: {}, start: false });
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> };
  const own = Object.entries(paths).filter(([path]) => path === '/v2' || path.startsWith('/v2/'));
  t.equal(own.length, 4 + 1 + 2 * 5 + 3);
  for (const [path, operations] of own) {
    for (const [method, { tags, requestBody, responses, parameters }] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      t.same(tags, ['open inference protocol'], name);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status !== '200') t.same(content, { 'application/json': { schema: { $ref: '#/components/schemas/OipError' } } }, `${name} ${status}`);
      }
      if (method !== 'post') continue;
      t.equal(requestBody?.required, path.endsWith('/infer'), `${name}: whether it needs a body`);
      for (const status of ['400', '413', '415']) t.ok(status in responses, `${name} ${status}`);
      if (!path.endsWith('/infer')) continue;
      t.same(Object.keys(requestBody?.content ?? {}), ['application/json', 'application/octet-stream'], name);
      t.ok(parameters?.some(({ name: header }) => header.toLowerCase() === 'inference-header-content-length'), name);
      t.same(Object.keys(responses['200']?.content ?? {}), ['application/json', 'application/octet-stream'], name);
      for (const status of ['404', '503', '504']) t.ok(status in responses, `${name} ${status}`);
    }
  }
  t.notMatch(JSON.stringify(paths), /x-optional-body/);
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
