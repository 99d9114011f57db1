import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { trainNet } from '../../../bench/quality/bases/net.js';
import { loadStream } from '../../../bench/quality/data/load.js';
import { firstRows } from '../../../bench/quality/data/stream.js';
import { readOwnData, writeOwnData } from '../../../bench/quality/own/own-data.js';
import { failureCount, withTruths } from '../../../bench/quality/product/logged-rows.js';
import { serveModel } from '../../../bench/quality/product/served-model.js';
import { createGraphBuilder } from '../../../src/engine/onnx/graph-builder.js';
import { ELEMENT_TYPE_NUMBERS } from '../../../src/engine/onnx/elements.js';
import type { TensorType } from '../../../src/engine/tensor.js';
import { sklearnExpected, sklearnModel } from '../../support/engine-sklearn.js';
import { batchlessModel, scoreModel, severalOutputsModel, singleRowModel, textModel } from '../../support/repository-models.js';
import { ZOO } from '../../support/zoo-cases.js';
import { csvOf, ownFolder, readAll, someRows } from './folder.js';

const ROWS = 204;
const linear = scoreModel({ last: 'Softmax' });
const labels = Array.from({ length: ROWS }, (_, row) => String(row % 3));
const repeated = <T>(all: readonly T[]): T[] => Array.from({ length: ROWS }, (_, row) => all[row % all.length]).filter((each) => each !== undefined);

t.test('classifiers of scikit-learn with their own labels: no row fails where the rows say what the model answers', async (t) => {
  for (const name of ['logistic-strings', 'forest-integers', 'perceptron-tensor', 'logistic-binary']) {
    const { inputs, labels: answers = [], classes = [] } = sklearnExpected(name);
    const folder = ownFolder(t, { 'model.onnx': sklearnModel(name), 'rows.csv': csvOf(repeated(inputs), repeated(answers)) });
    const { rows, columns } = await readAll(folder);
    t.same([rows.rows, rows.classes, columns], [ROWS, classes.length, inputs[0]?.length], name);
    t.equal(failureCount(rows), 0, name);
    const wrong = ownFolder(t, { 'model.onnx': sklearnModel(name), 'rows.csv': csvOf(repeated(inputs), repeated(answers.map(() => classes[0] ?? ''))) });
    t.equal(failureCount((await readAll(wrong)).rows), repeated(answers).filter((label) => label !== classes[0]).length, name);
  }
});

t.test('one score a row stands for the second of two classes', async (t) => {
  for (const last of ['Sigmoid', undefined] as const) {
    const yaml = last === undefined ? { 'metaerr.yaml': 'task: binary\nscores: binary_logit\nlabels: [no, yes]\n' } : {};
    const inputs = someRows(ROWS, 4);
    const files = { 'model.onnx': scoreModel({ columns: 1, ...(last === undefined ? {} : { last }) }), 'rows.csv': csvOf(inputs, inputs.map((_, row) => (row % 2 === 0 ? 'yes' : 'no'))), ...yaml };
    const { rows } = await readAll(ownFolder(t, files));
    const score = (row: number): number => (inputs[row] ?? []).reduce((sum, value, column) => sum + value * Math.sin(1 + column), 0);
    t.ok(Array.from(rows.predicted).every((predicted, row) => predicted === (score(row) > 0 ? 1 : 0)));
    t.ok(Array.from(rows.failures).every((failure, row) => failure === ((score(row) > 0) === (row % 2 === 0) ? 0 : 1)));
    const expected = last === undefined ? [0, score(7)] : [1 / (1 + Math.exp(score(7))), 1 / (1 + Math.exp(-score(7)))];
    t.ok(expected.every((value, index) => Math.abs(value - (rows.scores[14 + index] ?? NaN)) < 1e-5));
    t.equal(rows.kind, last === undefined ? 'logits' : 'probabilities');
  }
});

t.test('a model that takes texts has a column of them', async (t) => {
  const onnx = readFileSync(join(ZOO, 'sklearn-tfidf', '1', 'model.onnx'));
  const texts = repeated(['good film, great "plot"', 'bad film, awful plot']);
  const csv = ['text,label', ...texts.map((text, row) => `"${text.replaceAll('"', '""')}",${row % 2 === 0 ? 'positive' : 'negative'}`)].join('\n');
  const { rows, columns, notes } = await readAll(ownFolder(t, { 'model.onnx': onnx, 'rows.csv': csv }));
  t.same([rows.rows, rows.inputWidth, columns], [ROWS, 256, 1]);
  t.equal(failureCount(rows), 0);
  t.ok(Array.from(rows.predicted).every((predicted, row) => predicted === (row % 2 === 0 ? 1 : 0)));
  t.ok(rows.features.subarray(0, 254).some((value, j) => value !== rows.features[rows.width + j]), 'described by their words');
  t.match(notes.join(), /texts: text is described by its words/);
  const faultOf = (content: string, model: Uint8Array = onnx) => readAll(ownFolder(t, { 'model.onnx': model, 'rows.csv': content })).then(() => null, (error: unknown) => error);
  t.match(await faultOf(csv.replaceAll('",', '",1,').replace('text,', 'text,age,')), { message: /^rows\.csv: line 2, column text: expected a number or nothing/ });
  t.match(await faultOf(csvOf(someRows(ROWS, 2), texts.map((_, row) => (row % 2 === 0 ? 'positive' : 'negative')))), { message: /^rows\.csv: columns: the model takes rows of \[\] texts, got 2 columns beside label$/ });
  t.match(await faultOf(csv, linear), { message: /^rows\.csv: line 2, column text: expected a number or nothing, got 'good film, great "plot"'$/ });
});

t.test('rows are logged as the grid logs them', async (t) => {
  const shape = [1, 8, 8];
  const data = loadStream('digits');
  const [model, rows] = [await trainNet({ rows: firstRows(data, 100), shape, classes: data.classes, seed: 1 }), firstRows(data, 700)];
  const table = Array.from({ length: rows.rows }, (_, row) => [...rows.values.subarray(row * data.width, (row + 1) * data.width)]);
  const own = await readAll(ownFolder(t, { 'model.onnx': model.onnx, 'rows.csv': csvOf(table, Array.from(rows.truths, String)) }));
  const served = await serveModel(model, shape, data.classes);
  t.same(own.rows, withTruths(await served.log(rows.values, rows.rows), rows.truths));
  t.same(own.behaviour, served.behaviour);
  const answers = { rows: own.rows, behaviour: own.behaviour };
  const file = `${t.testdir()}/data`;
  writeOwnData(file, answers);
  t.strictSame(readOwnData(file), answers, 'in another process too');
  await served.release();
});

/** Scores of pixels: [n, 2] of [n, ...row]. */
function pixelModel(row: readonly number[]): Uint8Array {
  const graph = createGraphBuilder();
  const pixels = row.reduce((product, size) => product * size, 1);
  const flat = graph.node('Reshape', [graph.input('input', 'float32', ['n', ...row]), graph.ints([-1, pixels])]);
  const weights = graph.constant({ type: 'float32', dims: [pixels, 2], data: Float32Array.from({ length: 2 * pixels }, (_, i) => Math.sin(i)) });
  graph.output('probabilities', graph.node('Softmax', [graph.node('MatMul', [flat, weights])], { axis: 1 }), 'float32', ['n', 2]);
  return graph.toModel();
}

const isSame = (a: Float32Array, b: Float32Array): boolean => a.length === b.length && a.every((value, at) => value === b[at]);

t.test('flat rows of pictures are read as pictures, guessed or declared, as the grid reads them', async (t) => {
  const cases: readonly (readonly [flat: number, shape: readonly number[], yaml: string])[] = [[784, [1, 28, 28], ''], [960, [16, 20, 3], 'pictures: { height: 16, width: 20, channels: 3, order: HWC }\n']];
  for (const [flat, shape, yaml] of cases) {
    const table = someRows(ROWS, flat);
    const read = (row: readonly number[], settings: string) => readAll(ownFolder(t, { 'model.onnx': pixelModel(row), 'metaerr.yaml': settings, 'rows.csv': csvOf(table, table.map((_, index) => String(index % 2))) }));
    const [asRows, asPictures, asTable] = [await read([flat], yaml), await read(shape, ''), await read([flat], 'features: { pictures: none }\n')];
    t.ok(isSame(asRows.rows.features, asPictures.rows.features) && isSame(asRows.rows.scores, asPictures.rows.scores));
    t.notOk(isSame(asTable.rows.features, asRows.rows.features));
    t.equal(asRows.notes.some((note) => note.startsWith('pictures: ')), yaml === '');
    if (yaml !== '') continue;
    const served = await serveModel({ onnx: pixelModel([flat]), kind: 'probabilities' }, [flat], 2);
    t.ok(isSame((await served.log(Float32Array.from(table.flat()), ROWS)).features, asRows.rows.features));
    await served.release();
  }
});

t.test('a model that is asked about mirror images too is compared with baselines that are not, which is said', async (t) => {
  const read = (yaml: string) => readAll(ownFolder(t, { 'model.onnx': scoreModel({ width: 784, last: 'Softmax' }), 'rows.csv': csvOf(someRows(ROWS, 784), labels), 'metaerr.yaml': yaml }));
  const [once, twice] = [await read('{}'), await read('features: { test_time_augmentation: horizontal_flip }')];
  t.match(twice.notes.join('\n'), /horizontal_flip: the baselines see the model's answer to the picture itself only/);
  t.notMatch(once.notes.join('\n'), /horizontal_flip/);
  t.same([...twice.rows.scores], [...once.rows.scores], 'the scores that baselines see');
  t.notSame([...twice.rows.coldStart], [...once.rows.coldStart]);
  t.equal(twice.rows.width, once.rows.width + 1);
  t.same([twice.rows.mirror?.length, once.rows.mirror], [twice.rows.inputWidth, undefined]);
});

t.test('models that take one row a run, or have no batch, answer as others do', async (t) => {
  const rows = csvOf(someRows(ROWS, 4), labels);
  const scores = async (onnx: Uint8Array): Promise<number[]> => Array.from((await readAll(ownFolder(t, { 'model.onnx': onnx, 'rows.csv': rows }))).rows.scores, (score) => Number(score.toFixed(5)));
  const expected = await scores(linear);
  for (const onnx of [scoreModel({ last: 'Softmax', rows: 1 }), singleRowModel(), batchlessModel()]) t.same(await scores(onnx), expected);
});

/** Scores of numbers of any type: [rows, 2] of [rows, 3]. */
function typedModel(type: TensorType): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.node('Cast', [graph.input('x', type, ['n', 3])], { to: ELEMENT_TYPE_NUMBERS.float32 });
  const weights = graph.constant({ type: 'float32', dims: [3, 2], data: Float32Array.of(1, 0, 0, 1, 2, -1) });
  graph.output('y', graph.node('MatMul', [x, weights]), 'float32', ['n', 2]);
  return graph.toModel();
}

t.test('inputs of other types of numbers', async (t) => {
  const rows = Array.from({ length: ROWS }, (_, row) => [row % 5, row % 7, row % 3]);
  const expected = rows.flatMap(([a = 0, b = 0, c = 0]) => [a + 2 * c, b - c]);
  const truths = rows.map((_, row) => String(row % 2));
  for (const type of ['float64', 'float16', 'int64', 'int32', 'uint8'] as const) {
    const read = await readAll(ownFolder(t, { 'model.onnx': typedModel(type), 'rows.csv': csvOf(rows, truths) }));
    t.same([...read.rows.scores], expected, type);
  }
  const odd = ownFolder(t, { 'model.onnx': typedModel('int64'), 'rows.csv': csvOf(rows.with(3, [1, 2.5, 0]), truths) });
  await t.rejects(readAll(odd), { message: 'rows.csv: columns: the model takes int64, so expected integers in every cell, got 2.5' });
});

t.test('the digest is that of rows, model and settings', async (t) => {
  const files = { 'model.onnx': scoreModel(), 'rows.csv': csvOf(someRows(ROWS, 4), someRows(ROWS, 1).map((_, row) => String(row % 3))) };
  const digest = async (more: Record<string, string | Uint8Array>): Promise<string> => (await readAll(ownFolder(t, { ...files, ...more }))).digest;
  const [first, ...others] = [await digest({}), await digest({}), await digest({ 'own.json': '{}' }), await digest({ 'metaerr.yaml': 'scores: logits' }), await digest({ 'rows.csv': `${files['rows.csv']}\n1,2,3,4,0` })];
  t.same(others.map((other) => other === first), [true, true, false, false]);
});

const FAULTS: readonly (readonly [what: string, files: Record<string, string | Uint8Array>, message: RegExp])[] = [
  ['no model', { 'rows.csv': 'a,label' }, /^model\.onnx: there is no such file in /],
  ['no rows', { 'model.onnx': linear }, /^rows\.csv: there is no such file/],
  ['few rows', { 'model.onnx': linear, 'rows.csv': csvOf(someRows(199, 4), labels) }, /^rows\.csv: expected at least 200 rows, got 199$/],
  ['no ONNX', { 'model.onnx': 'text', 'rows.csv': csvOf(someRows(ROWS, 4), labels) }, /^model\.onnx: cannot be read: /],
  ['wrong width', { 'model.onnx': linear, 'rows.csv': csvOf(someRows(ROWS, 5), labels) }, /^rows\.csv: columns: the model takes rows of \[4\] numbers, got 5 columns beside label$/],
  ['unknown class', { 'model.onnx': linear, 'rows.csv': csvOf(someRows(ROWS, 4), labels.with(7, 'seven')) }, /^rows\.csv: column label: expected integers from 0 to 2, /],
  ['gaps', { 'model.onnx': linear, 'rows.csv': csvOf(someRows(ROWS, 4).with(7, [1, NaN, 2, 3]), labels) }, /^rows\.csv: row 8 after the header: the model answers no numbers for it, which has empty cells$/],
  ['two inputs', { 'model.onnx': textModel(), 'metaerr.yaml': 'task: classification\n', 'rows.csv': csvOf(someRows(ROWS, 3), labels) }, /^(metaerr\.yaml|model\.onnx): /],
  ['no classifier', { 'model.onnx': scoreModel({ columns: 1 }), 'rows.csv': csvOf(someRows(ROWS, 4), labels) }, /^model\.onnx: task: expected a classifier with a score for each class, got custom\. task: custom/],
  ['wrong settings', { 'model.onnx': linear, 'metaerr.yaml': 'labels: [a, b]\n', 'rows.csv': csvOf(someRows(ROWS, 4), labels) }, /^metaerr\.yaml: labels: expected 3 class names/],
  ['unknown setting', { 'model.onnx': linear, 'metaerr.yaml': 'label: [a, b]\n', 'rows.csv': csvOf(someRows(ROWS, 4), labels) }, /^metaerr\.yaml: /],
  ['served elsewhere', { 'model.onnx': linear, 'metaerr.yaml': 'source: external\ntask: classification\noutput: y\nscores: probabilities\nlabels: [a, b]\noutputs: [{name: y, datatype: FP32, shape: [-1, 2]}]\n', 'rows.csv': csvOf(someRows(ROWS, 4), labels) }, /^metaerr\.yaml: source: external: /],
];

t.test('every fault of a folder is one line that names the file', async (t) => {
  for (const [what, files, message] of FAULTS) {
    const fault = await readAll(ownFolder(t, files)).then(() => null, (error: unknown) => error);
    t.match(fault, { name: 'OwnFault', message }, what);
    t.notMatch(fault, { message: /\n/ }, what);
  }
  await t.rejects(readAll('/no/such/folder'), { message: '--own: there is no folder /no/such/folder' });
});

t.test('a model of several outputs is read as metaerr.yaml says', async (t) => {
  const files = { 'model.onnx': severalOutputsModel(), 'metaerr.yaml': 'output: embedding\ntask: classification\n', 'rows.csv': csvOf(someRows(ROWS, 4), labels) };
  t.equal((await readAll(ownFolder(t, files))).rows.classes, 5);
});
