import t from 'tap';
import { parseModelFile } from '../../src/inference/config/file-parser.js';
import { loadExternal } from '../support/external-models.js';

const SCORES = 'outputs: [{ name: p, shape: [-1, 3] }]\n';

t.test('faults of the file, each with its path', async (t) => {
  const table: readonly (readonly [string, RegExp])[] = [
    ['source: external', /^outputs: is required for source external/],
    ['outputs: [{ name: p, shape: [-1, 3] }]', /^outputs: belongs to source external/],
    ['inputs: [{ name: x, shape: [-1, 3] }]', /^inputs: belongs to source external/],
    ['source: onnx\ninputs: [{ name: x, shape: [-1, 3] }]', /^inputs: belongs to source external/],
    ['source: remote', /^source: must be one of onnx, external, got "remote"/],
    ['source: external\noutputs: []', /^outputs: must have at least 1 entries/],
    ['source: external\noutputs: [{ name: p }]', /^outputs\[0\]: .*shape/],
    ['source: external\noutputs: [{ name: p, shape: [] }]', /^outputs\[0\]\.shape: must have at least 1 entries/],
    ['source: external\noutputs: [{ name: p, shape: [32, 3] }]', /^outputs\[0\]\.shape\[0\]: is the row and must be -1 \(or 1\), got 32/],
    ['source: external\noutputs: [{ name: p, shape: [-1, 0] }]', /^outputs\[0\]\.shape\[1\]: must be -1 \(variable\) or at least 1, got 0/],
    ['source: external\noutputs: [{ name: p, shape: [-1, -2] }]', /^outputs\[0\]\.shape\[1\]: must be at least -1/],
    ['source: external\noutputs: [{ name: p, shape: [-1, 3], datatype: FLOAT }]', /^outputs\[0\]\.datatype: must be one of BOOL/],
    ['source: external\noutputs: [{ name: p, shape: [-1, 3], dtype: FP32 }]', /^outputs\[0\]\.dtype: is not a key/],
    [`source: external\noutputs: [{ name: p, shape: [-1] }, { name: p, shape: [-1] }]`, /^outputs\[1\]\.name: p is declared twice/],
    [`source: external\n${SCORES}inputs: [{ name: p, shape: [-1] }]`, /^inputs\[0\]\.name: p is the name of an output, too/],
    [`source: external\n${SCORES}task: regression`, /^tolerance: is required for task regression/],
  ];
  for (const [yaml, expected] of table) {
    const { faults } = parseModelFile(yaml);
    t.equal(faults.length, 1, `${yaml}: ${faults.join('; ')}`);
    t.match(faults[0], expected, yaml);
  }
});

t.test('what the shapes do not tell must be declared, and the message names the key', async (t) => {
  const table: readonly (readonly [string, RegExp])[] = [
    [SCORES, /^metaerr\.yaml: scores: is required for an external classification model: say what output p holds, probabilities or logits/],
    ['task: binary\noutputs: [{ name: p, shape: [-1] }]', /^metaerr\.yaml: scores: .* binary model: .* binary_probability or binary_logit/],
    ['outputs: [{ name: p, shape: [-1] }]', /^metaerr\.yaml: task: is required for this external model: .*\(p\)/],
    ['outputs: [{ name: t, shape: [-1], datatype: BYTES }]', /^metaerr\.yaml: task: is required/],
    ['outputs: [{ name: a, shape: [-1, 4] }, { name: b, shape: [-1, 4] }]\nscores: logits', /^metaerr\.yaml: output: is required for .* a and b both fit/],
    ['outputs: [{ name: a, shape: [-1] }, { name: b, shape: [-1, 1] }]\ntolerance: { absolute: 1 }', /^metaerr\.yaml: output: is required .* regression model: a and b/],
    ['task: classification\nscores: logits\noutputs: [{ name: p, shape: [-1, -1] }]', /^metaerr\.yaml: labels: the number of classes of output p is not known/],
    ['task: custom\noutputs: [{ name: t, shape: [-1], datatype: BYTES }]', /^metaerr\.yaml: outputs: hold no number that could be a feature/],
    [`${SCORES}scores: binary_logit`, /^metaerr\.yaml: task: no output .* task binary/],
    [`${SCORES}scores: logits\nlabels: [a, b]`, /^metaerr\.yaml: labels: expected 3 class names.* got 2/],
    [`${SCORES}scores: logits\noutput: q`, /^metaerr\.yaml: output: the model has no output q; it has p/],
    ['task: regression\ntolerance: { absolute: 1 }\noutputs: [{ name: p, shape: [-1, 3] }]', /^metaerr\.yaml: task: no output .* regression/],
    [`${SCORES}scores: logits\ninputs: [{ name: x, shape: [-1, 100000, 100000, 100] }]`, /^metaerr\.yaml: the declared inputs and outputs cannot be processed/],
  ];
  for (const [yaml, expected] of table) await t.rejects(loadExternal(t, yaml), { code: 'MODEL_UNAVAILABLE', message: expected }, yaml);
});

t.test('a classification of outputs alone: what was assumed is said', async (t) => {
  const loaded = await loadExternal(t, `${SCORES}scores: logits\n`);
  t.match(loaded.config, { task: 'classification', output: 'p', scores: 'logits', labels: ['0', '1', '2'], labelOutput: null, tolerance: null });
  t.same(loaded.signature, { inputs: [], outputs: [{ name: 'p', type: 'float32', dims: [null, 3] }] });
  t.match(loaded, { rowMode: 'batched', base: null, behaviourOnly: null, tag: 'ABCDEF', key: { model: 'm', version: 1 } });
  t.match(loaded.features.layout, { inputs: [], inputWidth: 0, behaviour: { kind: 'classes', classes: 3 }, width: 3 });
  const said = loaded.assumptions.join('\n');
  t.match(said, /^task: classification, because output p holds 3 scores a row\.$/m);
  t.match(said, /^labels: the index of the class/m);
  t.match(said, /^inputs: none are declared.* kept as raw inputs \(features\.store_inputs: auto\), but are no features\.$/m);
});

t.test('declared inputs are features, and rows without them have a chain of their own', async (t) => {
  const yaml = `${SCORES}scores: probabilities\nversion: 7\ninputs: [{ name: x, shape: [1, 4] }, { name: text, datatype: BYTES, shape: [-1] }, { name: image, datatype: UINT8, shape: [-1, -1, -1, 3] }]\n`;
  const loaded = await loadExternal(t, yaml);
  t.equal(loaded.key.version, 7);
  t.same(loaded.signature.inputs.map(({ type, dims }) => [type, dims]), [['float32', [null, 4]], ['string', [null]], ['uint8', [null, null, null, 3]]]);
  t.same(loaded.features.layout.inputs.map(({ method }) => method), ['identity', 'hash', 'colours']);
  t.match(loaded.behaviourOnly, { layout: { inputWidth: 0, width: 3 } });
  t.not(loaded.behaviourOnly?.layout.schema, loaded.features.layout.schema);
  t.not(loaded.behaviourOnly?.session, loaded.features.session);
  t.match(loaded.assumptions.join('\n'), /^inputs: rows that come without instances are answered from the outputs alone, as a cold start/m);
});

t.test('the width of variable class scores is the number of labels', async (t) => {
  const loaded = await loadExternal(t, 'outputs: [{ name: p, shape: [-1, -1], datatype: FP16 }]\nscores: logits\nlabels: [a, b, c, d]\n');
  t.same(loaded.signature.outputs[0], { name: 'p', type: 'float16', dims: [null, 4] });
  t.equal(loaded.features.layout.width, 4);
});

t.test('regression and custom: the numbers of the outputs are features', async (t) => {
  const regression = await loadExternal(t, 'outputs: [{ name: y, shape: [-1, 1] }, { name: extra, shape: [-1, 9] }]\ntolerance: { relative: 0.1 }\n');
  t.match(regression.config, { task: 'regression', output: 'y', tolerance: { absolute: 0, relative: 0.1 } });
  t.same(regression.features.layout.inputs.map(({ tensor }) => tensor.name), ['y']);
  const yaml = 'task: custom\noutputs: [{ name: answer, shape: [-1], datatype: BYTES }, { name: logprobs, shape: [-1, -1] }, { name: tokens, shape: [-1], datatype: INT64 }]\n';
  const custom = await loadExternal(t, yaml);
  t.same(custom.features.layout.inputs.map(({ tensor, method }) => [tensor.name, method]), [['logprobs', 'projection'], ['tokens', 'identity']]);
  const needy = await loadExternal(t, 'task: custom\noutputs: [{ name: answer, shape: [-1], datatype: BYTES }]\ninputs: [{ name: text, datatype: BYTES, shape: [-1] }]\n');
  t.equal(needy.behaviourOnly, null);
  t.match(needy.assumptions.join('\n'), /^inputs: every row needs its instance/m);
});

t.test('the digest stands for what an output means, and for nothing else', async (t) => {
  const digestOf = async (yaml: string) => (await loadExternal(t, yaml)).key.digest;
  const one = 'outputs: [{ name: p, shape: [-1, 2] }, { name: note, shape: [-1], datatype: BYTES }]\n';
  const digest = await digestOf(`${one}scores: logits\n`);
  t.match(digest, /^[0-9a-f]{64}$/);
  const same = [
    `${one}scores: logits\ntask: classification\noutput: p\nlabels: [0, 1]\n`,
    `${one}scores: logits\nbatching: { max_rows: 4 }\nreview_threshold: 0.2\ninstances: 2\nversion: 3\nfeatures: { max_width: 9 }\n`,
    `${one}scores: logits\ninputs: [{ name: x, shape: [-1, 4] }]\n`,
    'outputs: [{ name: note, shape: [-1], datatype: BYTES }, { name: p, shape: [1, 2] }]\nscores: logits\n',
  ];
  for (const yaml of same) t.equal(await digestOf(yaml), digest, yaml);
  const others = [
    `${one}scores: probabilities\n`,
    `${one}scores: logits\ntask: binary\n`,
    `${one}scores: logits\nlabels: [no, yes]\n`,
    `${one}scores: logits\nlabel_output: note\n`,
    'outputs: [{ name: p, shape: [-1, 2], datatype: FP64 }, { name: note, shape: [-1], datatype: BYTES }]\nscores: logits\n',
    'outputs: [{ name: q, shape: [-1, 2] }, { name: note, shape: [-1], datatype: BYTES }]\nscores: logits\n',
  ];
  const digests = await Promise.all(others.map(digestOf));
  t.equal(new Set([digest, ...digests]).size, others.length + 1, 'all differ');
  const [tight, wide] = await Promise.all(['1', '2'].map((tolerance) => digestOf(`outputs: [{ name: y, shape: [-1] }]\ntolerance: { absolute: ${tolerance} }\n`)));
  t.not(tight, wide);
});

t.test('flat rows of pictures, guessed and declared', async (t) => {
  const guessed = await loadExternal(t, `${SCORES}scores: logits\ninputs: [{ name: x, datatype: UINT8, shape: [-1, 784] }]\n`);
  t.match(guessed.features.layout.inputs, [{ method: 'gradients', picture: [1, 28, 28] }]);
  t.match(guessed.assumptions.join('\n'), /^pictures: the 784 numbers of x are taken for a grey picture of 28 x 28/m);
  t.match(guessed.behaviourOnly, { layout: { inputWidth: 0 } });
  const inputs = 'inputs: [{ name: x, shape: [-1, 960] }]';
  const declared = await loadExternal(t, `${SCORES}scores: logits\n${inputs}\npictures: { height: 20, width: 16, channels: 3 }\n`);
  t.match(declared.features.layout.inputs, [{ method: 'colours', picture: [3, 20, 16] }]);
  await t.rejects(loadExternal(t, `${SCORES}scores: logits\n${inputs}\npictures: { height: 20, width: 16 }\n`), { code: 'MODEL_UNAVAILABLE', message: /^metaerr\.yaml: pictures: 20 x 16 x 1 are 320 numbers a row, but x has 960$/ });
});

t.test('texts and ids of tokens of a model whose graph is not known', async (t) => {
  const ids = 'inputs: [{ name: input_ids, datatype: INT64, shape: [-1, -1] }, { name: attention_mask, datatype: INT64, shape: [-1, -1] }]\n';
  const tokens = await loadExternal(t, `${SCORES}scores: logits\n${ids}`);
  t.match(tokens.features.layout.inputs, [{ method: 'tokens', width: 256, mask: { name: 'attention_mask' } }, { method: 'skip' }]);
  t.match(tokens.assumptions.join('\n'), /^texts: input_ids is described by its tokens, because of its name; features\.texts: none takes them for numbers\.$/m);
  const asNumbers = await loadExternal(t, `${SCORES}scores: logits\n${ids}features: { texts: none }\n`);
  t.same(asNumbers.features.layout.inputs.map(({ method }) => method), ['projection', 'projection']);
  const text = 'inputs: [{ name: note, datatype: BYTES, shape: [-1] }]\n';
  const [category, words] = [await loadExternal(t, `${SCORES}scores: logits\n${text}`), await loadExternal(t, `${SCORES}scores: logits\n${text}features: { texts: all }\n`)];
  t.match([category, words].map(({ features }) => features.layout.inputs[0]), [{ method: 'hash', width: 32 }, { method: 'text', width: 256 }]);
});
