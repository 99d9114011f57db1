import { ModelFileSchema } from './file-schema.js';

/** The parts of a JSON schema that the page shows. */
interface SchemaView {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaView>>;
}

function rangeOf(schema: SchemaView): string {
  const lowest = schema.minimum === undefined ? '' : ` >= ${schema.minimum}`;
  const highest = schema.maximum === undefined || schema.maximum === Number.MAX_VALUE ? '' : `${lowest === '' ? '' : ','} <= ${schema.maximum}`;
  return `${lowest}${highest}`;
}

function typeOf(schema: SchemaView): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  return `${[schema.type ?? []].flat().join(' or ')}${rangeOf(schema)}`;
}

function rowsOf(schema: SchemaView, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const name = `${prefix}${key}`;
    if (property.properties !== undefined) return [`| **\`${name}\`** | object | | ${property.description ?? ''} |`, ...rowsOf(property, `${name}.`)];
    const standard = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
    return [`| \`${name}\` | ${typeOf(property)} | ${standard} | ${property.description ?? ''} |`];
  });
}

const EXAMPLE = `\`\`\`yaml
task: classification
labels: labels.txt
batching:
  max_rows: 64
  max_delay_microseconds: 2000
review_threshold: 0.3
retraining:
  new_ground_truths: 500
\`\`\``;

/** The page \`docs/model-configuration.md\`, rendered from the schema of metaerr.yaml. */
export function modelConfigurationMarkdown(): string {
  const schema = ModelFileSchema as unknown as SchemaView;
  return `# Model configuration

This page is generated from the schema of the file; do not edit it.

A model repository is a folder of models, \`<name>/<version>/model.onnx\`. Names have letters, digits, \`.\`, \`_\` and \`-\`; versions
are positive integers. The newest version is loaded. \`<name>/metaerr.yaml\` is optional, and so is every key in it. What it does not
say is completed from the ONNX model, and \`GET /v1/models/{model}\` lists what was assumed. An unknown key or a wrong value makes the
model unavailable; the reason lists every fault.

${EXAMPLE}

| key | type | default | meaning |
|---|---|---|---|
${rowsOf(schema, '').join('\n')}

## What is assumed

- The output: the only one that fits; of several the one named \`probabilities\`, \`output_probability\`, \`logits\`, \`scores\` or \`output\`, else the first.
- One score a class is a \`classification\`. One score a row is \`binary\` when a sigmoid or a classifier makes it. It is a \`regression\`
  when a \`tolerance\` is given. Without one the task is \`custom\`, because no error can be called a failure. A classifier that answers labels
  and no scores, or scores that its labels contradict, is a \`classification\` without scores: it has no confidence and no cold start score.
- Scores are probabilities when the graph ends in a softmax or a sigmoid, else when they are probabilities for synthetic inputs.
- Class names: those in the graph (\`classlabels_*\`), else those in the model's metadata (keys such as \`names\`, \`classes\` or \`labels\`; a list or a
  dictionary, of JSON or of Python), else the index.
- Any other model is \`custom\`: its outputs are returned as they are, and only the ground truth \`correct\` counts.
- A numeric input whose row is exactly 784 numbers is a picture of 28 x 28 grey pixels, the format of MNIST and its successors. \`pictures\` says it of rows of
  other sizes, \`features.pictures: none\` that rows are no pictures.
- Rows of several requests share a run when dimension 0 of every input is free, every output has an entry for each row, and three rows give the same
  together as alone. Otherwise each request is a run of its own; a model whose dimension 0 is 1 takes one row a run; one without a batch
  dimension takes a request as one row.
- Outputs that are no tensors of a known type: a sequence of maps (ZipMap) is served as the tensor behind it, a sequence as one output for each element
  (\`<name>_0\`, \`<name>_1\`, ...), BF16 and the like as FP32. What cannot be served so is left out. Where each class has an output of its own, the
  tensor of all is served too, as \`probabilities\`.
`;
}
