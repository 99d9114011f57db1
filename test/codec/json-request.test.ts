import t from 'tap';
import { decodePredictBody } from '../../src/inference/codec/json-request.js';
import { decode, info, modelOf, refusalOf } from '../support/predict-codec.js';

const image = [info('x', 'float32', [null, 2, 3])];
const table = [info('age', 'int64', [null, 1]), info('text', 'string', [null])];

t.test('instances of a model with one input: nested arrays', async (t) => {
  const request = decode(image, { instances: [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12.5]]] });
  t.same(request.inputs, { x: { type: 'float32', dims: [2, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5) } });
  t.equal(request.rows, 2);
  t.equal(request.inputText(1), '[[7,8,9],[10,11,12.5]]');
});

t.test('instances of named inputs; a row of one number needs no brackets', async (t) => {
  const request = decode(table, { instances: [{ age: 3, text: 'a' }, { text: 'b', age: [4] }] });
  t.same(request.inputs, {
    age: { type: 'int64', dims: [2, 1], data: BigInt64Array.of(3n, 4n) },
    text: { type: 'string', dims: [2], data: ['a', 'b'] },
  });
  t.equal(request.inputText(0), '{"age":3,"text":"a"}');
});

t.test('inputs by column, named and bare', async (t) => {
  const named = decode(table, { inputs: { age: [[1], [2], [3]], text: ['a', 'b', 'c'] } });
  t.equal(named.rows, 3);
  t.same(named.inputs['age']?.dims, [3, 1]);
  t.same(named.inputs['text']?.data, ['a', 'b', 'c']);
  t.equal(named.inputText(2), '{"age":[3],"text":"c"}');
  const bare = decode(image, { inputs: [[[1, 2, 3], [4, 5, 6]]] });
  t.same(bare.inputs['x']?.dims, [1, 2, 3]);
  t.equal(bare.inputText(0), '[[1,2,3],[4,5,6]]');
});

t.test('every row text is an instance that decodes to the same row', async (t) => {
  const request = decode(table, { inputs: { age: [1, 2], text: ['a', 'b'] } });
  const again = decode(table, { instances: [JSON.parse(request.inputText(0)), JSON.parse(request.inputText(1))] });
  t.same(again.inputs, request.inputs);
});

t.test('open dimensions are those of the first row, for all rows', async (t) => {
  const tokens = [info('ids', 'int32', [null, null])];
  t.same(decode(tokens, { instances: [[1, 2, 3], [4, 5, 6]] }).inputs['ids']?.dims, [2, 3]);
  t.same(decode(tokens, { instances: [[1]] }).inputs['ids']?.dims, [1, 1]);
  t.match(refusalOf(tokens, { instances: [[1, 2, 3], [4, 5]] }), { field: 'instances[1]', message: /expected 3 elements .*shape \[3\].*, got 2/ });
  t.match(refusalOf(tokens, { instances: [[]] }), { field: 'instances[0]', message: /at least one value/ });
});

t.test('models without a batch', async (t) => {
  const single = decode([info('x', 'float32', [1, 2])], { instances: [[1, 2], [3, 4]] }, 'single');
  t.same(single.inputs['x']?.dims, [2, 2], 'a dimension fixed at 1 is not spelled');
  const whole = decode([info('x', 'float32', [2])], { instances: [[1, 2], [3, 4], [5, 6]] }, 'whole');
  t.same(whole.inputs['x']?.dims, [3, 2], 'without a batch dimension an instance is the whole tensor');
  const scalars = decode([info('x', 'float32', []), info('y', 'float32', [])], { instances: [{ x: 1, y: 2 }] }, 'whole');
  t.same(scalars.inputs['x']?.dims, [1]);
});

t.test('mode request: an input that has no rows is sent once, as the model takes it', async (t) => {
  const inputs = [info('x', 'float32', [null, 2]), info('scale', 'float32', []), info('sizes', 'int64', [2]), info('words', 'string', [null, 1])];
  const spots = [info('x', 'float32', [null, 2]), info('sizes', 'int64', [2, null])];
  const request = decode(inputs, { inputs: { x: [[1, 2], [3, 4], [5, 6]], scale: 0.5, sizes: [7, 8], words: [['a'], ['b'], ['c']] } }, 'request');
  t.equal(request.rows, 3);
  t.same(request.inputs['scale'], { type: 'float32', dims: [], data: Float32Array.of(0.5) });
  t.same(request.inputs['sizes'], { type: 'int64', dims: [2], data: BigInt64Array.of(7n, 8n) });
  t.same(request.inputs['x']?.dims, [3, 2]);
  t.same(request.inputs['words']?.dims, [3, 1]);
  t.equal(request.inputText(1), '{"x":[3,4],"scale":0.5,"sizes":[7,8],"words":["b"]}');
  t.same(decode(spots, { inputs: { x: [[1, 2]], sizes: [[1, 2, 3], [4, 5, 6]] } }, 'request').inputs['sizes']?.dims, [2, 3]);
  const wrong: [unknown, string, RegExp][] = [
    [{ x: [[1, 2]], scale: [0.5], sizes: [7, 8], words: [['a']] }, 'inputs.scale', /expected a number/],
    [{ x: [[1, 2]], scale: 1, sizes: [7], words: [['a']] }, 'inputs.sizes', /expected 2 elements/],
    [{ x: [[1, 2]], scale: 1, sizes: [7, 8.5], words: [['a']] }, 'inputs.sizes[1]', /expected an integer/],
    [{ x: [[1, 2]], scale: 1, sizes: [7, 8], words: [['a'], ['b']] }, 'inputs.words', /expected 1 rows as in inputs.x, got 2/],
    [{ x: [[1, 2]], scale: 1, words: [['a']] }, 'inputs.sizes', /expected the input/],
  ];
  for (const [columns, field, message] of wrong) t.match(refusalOf(inputs, { inputs: columns }, 'request'), { code: 'INVALID_INPUT', field, message });
  t.match(refusalOf(inputs, { instances: [{ x: [1, 2], scale: 1, sizes: [7, 8], words: ['a'] }] }, 'request'), { code: 'INVALID_INPUT', field: 'instances', message: /"inputs" instead.*"scale" has no rows/ });
});

t.test('mode request: a model whose inputs all have rows takes both forms', async (t) => {
  const rows = [[1, 2, 3], [4, 5, 6]];
  for (const body of [{ instances: rows }, { inputs: rows }, { inputs: { x: rows } }, { instances: rows.map((x) => ({ x })) }]) {
    t.same(decode([info('x', 'float32', [null, 3])], body, 'request').inputs['x']?.dims, [2, 3]);
  }
});

t.test('a model without inputs: the body has none', async (t) => {
  t.match(decode([], { inputs: {} }, 'whole'), { rows: 1, inputs: {} });
  t.match(decode([], { instances: [{}, {}] }, 'whole'), { rows: 2, inputs: {} });
});

t.test('a model that is served elsewhere is not asked for predictions', async (t) => {
  const model = { ...modelOf([info('x', 'float32', [null])]), base: null };
  t.throws(() => decodePredictBody({ instances: [1] }, model), { code: 'MODEL_IS_EXTERNAL', message: /POST \/v1\/models\/m\/score/ });
});

t.test('the outer form', async (t) => {
  for (const body of [null, [], 3, {}, { instances: [[1]], inputs: [[1]] }]) t.equal(refusalOf(image, body).code, 'INVALID_REQUEST', JSON.stringify(body));
  t.match(refusalOf(image, { instances: [], signature_name: 'x' }), { code: 'INVALID_REQUEST', field: 'signature_name' });
});

t.test('names and counts', async (t) => {
  const cases: [unknown, string, RegExp][] = [
    [{ instances: [] }, 'instances', /at least one row/],
    [{ inputs: [] }, 'inputs', /"age", "text"/],
    [{ inputs: { age: [], text: [] } }, 'inputs.age', /at least one row/],
    [{ instances: 'x' }, 'instances', /an array of rows, got "x"/],
    [{ instances: [1] }, 'instances[0]', /an object with the inputs "age", "text", got 1/],
    [{ instances: [{ age: 1 }] }, 'instances[0].text', /expected the input "text" \(string\)/],
    [{ instances: [{ age: 1, text: 'a' }, 5] }, 'instances[1]', /an object of named inputs/],
    [{ instances: [{ age: 1, text: 'a', sex: 1 }] }, 'instances[0].sex', /unknown input; expected "age", "text"/],
    [{ inputs: { age: [1] } }, 'inputs.text', /expected the input/],
    [{ inputs: { age: [1], text: ['a'], sex: [1] } }, 'inputs.sex', /unknown input/],
    [{ inputs: { age: [1, 2], text: ['a'] } }, 'inputs.text', /expected 2 rows as in inputs.age, got 1/],
    [{ inputs: { age: 1, text: ['a'] } }, 'inputs.age', /nested array with the rows/],
  ];
  for (const [body, field, message] of cases) t.match(refusalOf(table, body), { code: 'INVALID_INPUT', field, message }, JSON.stringify(body));
});

t.test('shapes: the path leads to the first value that does not fit', async (t) => {
  const cases: [unknown, string, RegExp][] = [
    [{ instances: [[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5]]] }, 'instances[1][1]', /input "x" \(float32\): expected 3 elements \(a row has shape \[2, 3\]\), got 2/],
    [{ instances: [[[1, 2, 3]]] }, 'instances[0]', /expected 2 elements .* got 1/],
    [{ instances: [[1, 2]] }, 'instances[0][0]', /expected an array of 3 .* got 1/],
    [{ instances: [[[1, 2, [3]], [4, 5, 6]]] }, 'instances[0][0][2]', /got an array of 1/],
    [{ instances: [{ x: [[1, 2, 3], [4, 'v', 6]] }] }, 'instances[0].x[1][1]', /got "v"/],
    [{ inputs: { x: [[[1, 2, 3], [4, 5, null]]] } }, 'inputs.x[0][1][2]', /got null/],
    [{ instances: [5] }, 'instances[0]', /expected an array of 2/],
  ];
  for (const [body, field, message] of cases) t.match(refusalOf(image, body), { code: 'INVALID_INPUT', field, message }, JSON.stringify(body));
});

t.test('a short body cannot ask for much memory', async (t) => {
  const wide = [info('x', 'float32', [null, 4096, 4096])];
  const rows = Array.from({ length: 50_000 }, () => []);
  t.match(refusalOf(wide, { instances: rows }), { code: 'INVALID_INPUT', field: 'instances[0]' });
  const open = [info('x', 'float32', [null, null, null])];
  const first = [Array.from({ length: 5000 }, () => 0), ...Array.from({ length: 4999 }, () => [])];
  t.match(refusalOf(open, { instances: [first, ...rows] }), { code: 'INVALID_INPUT', field: 'instances[0][1]' });
});

t.test('rows without end are refused before memory is taken for them', async (t) => {
  const scalar = [info('x', 'float32', [null])];
  const rows = new Array<number>(2 ** 20 + 1).fill(1);
  for (const [body, field] of [[{ instances: rows }, 'instances'], [{ inputs: rows }, 'inputs'], [{ inputs: { x: rows } }, 'inputs.x']] as const) {
    t.match(refusalOf(scalar, body), { code: 'INVALID_INPUT', field, message: /at most 1048576 rows in a request, got 1048577/ });
  }
  t.equal(decode(scalar, { instances: rows.slice(1) }).rows, 2 ** 20);
});
