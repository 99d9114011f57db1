import t, { type Test } from 'tap';
import type { LoadedModel } from '../../src/inference/contracts.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { startRepository } from '../support/repository-fixture.js';
import { ROW_MODELS, SIZE_MODELS, textsModel } from '../support/row-mode-models.js';

async function loadAll<K extends string>(t: Test, models: Readonly<Record<K, Uint8Array>>): Promise<Record<K, LoadedModel>> {
  const files = Object.fromEntries(Object.entries<Uint8Array>(models).map(([name, onnx]) => [`${name}/1/model.onnx`, onnx]));
  const { repository, catalogue, logger } = await startRepository(t, files);
  await repository.loadAll();
  t.strictSame(logger.lines.filter(({ level }) => level === 'error'), [], 'no fault, of a feature graph either');
  return Object.fromEntries(Object.keys(models).map((name) => [name, catalogue.loaded(name)])) as Record<K, LoadedModel>;
}

type Expected = readonly [mode: RowMode, said: RegExp | null, outputs: Readonly<Record<string, readonly (number | null)[]>>];

void t.test('the rows of models of every sort', async (t) => {
  const loaded = await loadAll(t, ROW_MODELS);
  const expected: Record<keyof typeof ROW_MODELS, Expected> = {
    plain: ['batched', null, { y: [null, 3] }],
    fixedOne: ['single', /one row a run, because dimension 0 of input x is no batch: its shape is \[1, 4\]/, { y: [1, 3] }],
    fixedFour: ['whole', /a request is one row, which is all of its tensors, because dimension 0 of input x is no batch: its shape is \[4, 4\]/, { y: [4, 3] }],
    columns: ['batched', null, { y: [1, null] }],
    scalarInput: ['request', /each request is a run of its own, because input gain \[\] has no batch dimension/, { y: [null, 3] }],
    scalarOutput: ['request', /because output mean has no entry for each row/, { y: [null, 3], mean: [] }],
    mixing: ['request', /because the rows of a run influence each other: output y of 3 rows is not what each row gives alone/, { y: [null, 3] }],
    squeezed: ['request', /because output y of one row has no dimension for it/, { y: [null] }],
    sequenceFirst: ['whole', /because no output has an entry for each row of dimension 0/, { y: [null, 3] }],
    queriesAndKeys: ['whole', /because dimension 0 of its inputs \(keys, queries\) can differ/, { y: [null, null] }],
    matrices: ['whole', /because dimension 0 of its inputs varies only together with other dimensions/, { y: [null, null] }],
    graphOfNodes: ['request', /because the batch is the size of another dimension of the inputs too/, { y: [null, 3] }],
    states: ['request', /because input state \[1, \?, 3\] has no batch dimension/, { y: [null, 3], next: [1, null, 3] }],
    random: ['batched', /output y is random, so it could not be told whether the rows of a run influence each other/, { y: [null, 3] }],
    misoptimized: ['batched', null, { y: [null, 1] }],
    words: ['request', /because the shape of output parts depends on the values of the inputs/, { parts: [null, null], counts: [null] }],
    found: ['whole', /because no output has an entry for each row of dimension 0/, { y: [null, 4] }],
    unranked: ['batched', null, { y: [null, null] }],
    onlyOne: ['single', /one row a run, although dimension 0 of x is free: a run of 2 rows failed/, { y: [1, 3] }],
    misdeclared: ['batched', null, { y: [null, null] }],
    noInputs: ['whole', /because the model has no inputs/, { y: [3] }],
    onlyTexts: ['batched', null, { lower: [null] }],
    nothing: ['batched', null, { y: [null, 0] }],
  };
  for (const [name, [mode, said, outputs]] of Object.entries(expected)) {
    const model = loaded[name as keyof typeof ROW_MODELS];
    t.equal(model.rowMode, mode, `${name}: mode`);
    t.strictSame(Object.fromEntries(model.signature.outputs.map((info) => [info.name, info.dims])), outputs, `${name}: outputs`);
    const notes = model.assumptions.filter((text) => text.startsWith('batching:')).join('\n');
    if (said === null) t.equal(notes, '', `${name}: nothing to say`);
    else t.match(notes, said, `${name}: words`);
  }
});

void t.test('inputs that fit each other are found for inner dimensions of every sort', async (t) => {
  const loaded = await loadAll(t, SIZE_MODELS);
  for (const [name, model] of Object.entries(loaded)) t.notMatch(model.assumptions.join('\n'), /warm-up:/, `${name} was run`);
  for (const name of ['past', 'emptyPast', 'image', 'channelsLast', 'table', 'places', 'misnamed', 'categories'] as const) t.equal(loaded[name].rowMode, 'batched', name);
  t.match(loaded.past.config, { task: 'classification', output: 'y', labels: ['0', '1', '2'] });
  t.match(loaded.image.config, { task: 'classification', labels: ['0', '1'] });
  t.match(loaded.table.config, { task: 'classification', labels: ['0', '1', '2'] });
  for (const name of ['misnamed', 'categories'] as const) t.match(loaded[name].config, { task: 'classification', scores: 'probabilities', labels: ['0', '1', '2'] }, name);
  t.match(loaded.places.config, { task: 'custom', output: null });
  t.equal(loaded.window.rowMode, 'whole', 'eight or more rows, and no output has them');
});

void t.test('features are those of the rows: what a request gives as a whole is none', async (t) => {
  const loaded = await loadAll(t, { states: ROW_MODELS.states, scalarOutput: ROW_MODELS.scalarOutput, nothing: ROW_MODELS.nothing });
  t.strictSame(loaded.states.features.layout.inputs.map(({ tensor }) => tensor.name), ['x']);
  t.strictSame(loaded.scalarOutput.features.layout.inputs.map(({ tensor }) => tensor.name), ['x']);
  t.match(loaded.nothing, { config: { task: 'custom' }, features: { layout: { width: 1, inputWidth: 1 } } });
});

void t.test('a model that the optimizer of the engine spoils is run with basic optimizations', async (t) => {
  const { misoptimized } = await loadAll(t, { misoptimized: ROW_MODELS.misoptimized });
  t.match(misoptimized.assumptions.join('\n'), /engine: basic optimizations only, because with all of them output y of several rows is another/);
  const { pool, base } = misoptimized;
  const rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]];
  const x = { type: 'float32', dims: [3, 4], data: Float32Array.from(rows.flat()) } as const;
  const reply = await pool.run({ steps: [{ session: base?.session ?? '', feeds: { x: 'x' }, fetches: { y: 'y' }, optional: false }], tensors: { x }, fetch: ['y'] });
  // The weights are sin(1), sin(2), sin(3), sin(4), and sin(1) is added.
  const wanted = [1, 2, 4].map((i) => Math.sin(i) + Math.sin(1));
  wanted.forEach((value, i) => t.ok(Math.abs(value - Number(reply.tensors['y']?.data[i])) < 1e-5));
});

void t.test('an input without a declared shape is taken to have as many dimensions as work', async (t) => {
  const { unranked } = await loadAll(t, { unranked: ROW_MODELS.unranked });
  t.strictSame(unranked.signature.inputs.map(({ dims }) => dims), [[null, null]]);
  t.match(unranked.assumptions.join('\n'), /inputs: x declares no shape; it is taken to have 2 dimensions of any size/);
});

void t.test('texts are normalized whether or not the system has the locale of the engine', async (t) => {
  const { plain, own } = await loadAll(t, { plain: textsModel(null), own: textsModel('C') });
  const said = plain.assumptions.filter((text) => text.startsWith('texts:'));
  if (said.length > 0) t.match(said, [/^texts: in the locale C\.UTF-8, because the model names none and this system lacks/]);
  t.strictSame(own.assumptions.filter((text) => text.startsWith('texts:')), []);
  const text = { type: 'string', dims: [2], data: ['straße', 'éa'] } as const;
  const steps = [{ session: plain.base?.session ?? '', feeds: { text: 'text' }, fetches: { upper: 'upper' }, optional: false }];
  const reply = await plain.pool.run({ steps, tensors: { text: { ...text, data: [...text.data] } }, fetch: ['upper'] });
  t.strictSame(reply.tensors['upper']?.data, ['STRAßE', 'ÉA']);
});
