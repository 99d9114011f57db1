import t from 'tap';
import { hoistTitledSchemas } from '../../src/plugins/openapi-components.js';
import { startApp } from '../support/http-app.js';

interface Schema {
  readonly $ref?: string;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}
interface Media {
  readonly schema: Schema;
}
interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

t.test('a titled schema becomes a component, wherever it stands', async (t) => {
  const leaf = { title: 'Leaf', type: 'string' };
  const tree = { title: 'Tree', type: 'object', properties: { title: { type: 'string' }, leaves: { type: 'array', items: leaf } } };
  const document = hoistTitledSchemas({ paths: { '/a': { schema: tree }, '/b': { schema: leaf, examples: [{ title: 'data', type: 'data' }] } } });
  t.same(document['components'], {
    schemas: { Leaf: leaf, Tree: { ...tree, properties: { title: { type: 'string' }, leaves: { type: 'array', items: { $ref: '#/components/schemas/Leaf' } } } } },
  });
  t.same(document['paths'], {
    '/a': { schema: { $ref: '#/components/schemas/Tree' } },
    '/b': { schema: { $ref: '#/components/schemas/Leaf' }, examples: [{ title: 'data', type: 'data' }] },
  });
});

t.test('one name cannot stand for two schemas', async (t) => {
  t.throws(() => hoistTitledSchemas({ paths: { a: { title: 'A', type: 'string' }, b: { title: 'A', type: 'number' } } }), /title A/);
});

/** Whether a schema is a component, or a list or choice of components. */
const hasName = ({ $ref, items, anyOf }: Schema): boolean => $ref !== undefined || (items !== undefined && hasName(items)) || (anyOf?.every(hasName) ?? false);

t.test('every JSON body and reply of the service has a name for generated clients', async (t) => {
  const { app } = await startApp(t, { models: {}, start: false });
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> };
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(operations)) {
      const all = [requestBody, ...Object.values(responses)].flatMap((each) => Object.entries(each?.content ?? {}));
      const anonymous = all.filter(([type, { schema }]) => type === 'application/json' && !hasName(schema));
      t.same(anonymous, [], `${method} ${path}`);
    }
  }
});
