/** A JSON schema as it stands in the OpenAPI document. */
type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Moves every schema that has a `title` to the components, so that a generated client gets one type of that name wherever the schema
 * is used. Throws when two different schemas have the same title.
 */
export function hoistTitledSchemas(document: Node): Node {
  const schemas: Record<string, unknown> = {};
  const paths = hoist(document['paths'], schemas);
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([left], [right]) => (left < right ? -1 : 1)));
  const components = isNode(document['components']) ? document['components'] : {};
  return { ...document, paths, components: { ...components, schemas: sorted } };
}

function hoist(value: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => hoist(each, schemas));
  if (!isNode(value)) return value;
  // Examples are data: what looks like a schema there is none.
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'examples' || key === 'example' ? each : hoist(each, schemas)]));
  const { title } = inner;
  return typeof title === 'string' && isSchema(inner) ? refer(title, inner, schemas) : inner;
}

/** A property may be called `title`; a schema's own has a type, parts or alternatives beside it. */
function isSchema(value: Node): boolean {
  return 'type' in value || 'anyOf' in value || 'properties' in value;
}

function refer(title: string, schema: Node, schemas: Record<string, unknown>): Node {
  const known = schemas[title];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`two different schemas have the title ${title}`);
  schemas[title] = schema;
  return { $ref: `#/components/schemas/${title}` };
}
