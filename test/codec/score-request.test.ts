import fc from 'fast-check';
import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import { decodeScoreBody } from '../../src/inference/codec/score-request.js';
import type { LoadedVersion } from '../../src/inference/repository/loaded-version.js';
import { loadExternal } from '../support/external-models.js';

const decode = (model: LoadedVersion, body: unknown) => decodeScoreBody(JSON.parse(JSON.stringify(body)), model);

function refusal(model: LoadedVersion, body: unknown): MetaErrError {
  try {
    decode(model, body);
  } catch (error) {
    if (error instanceof MetaErrError) return error;
    throw error;
  }
  throw new Error('the body was not refused');
}

function checkRefusals(t: Test, model: LoadedVersion, table: readonly (readonly [unknown, string, RegExp])[]): void {
  for (const [body, field, message] of table) {
    const error = refusal(model, body);
    t.match({ code: error.code, field: error.field, message: error.message }, { code: /^INVALID_(INPUT|REQUEST)$/, field, message }, JSON.stringify(body).slice(0, 80));
  }
}

const P = 'outputs: [{ name: p, shape: [-1, 3] }, { name: note, shape: [-1], datatype: BYTES }]\nscores: probabilities\n';

t.test('outputs by name become tensors of the declared types; what the task does not read may be absent', async (t) => {
  const model = await loadExternal(t, P);
  const request = decode(model, { outputs: { note: ['a', 'b'], p: [[0.5, 0.25, 0.25], [1, 0, 0]] } });
  t.same(Object.keys(request.outputs), ['p', 'note'], 'in the order of the declaration');
  t.same(request.outputs, {
    p: { type: 'float32', dims: [2, 3], data: Float32Array.of(0.5, 0.25, 0.25, 1, 0, 0) },
    note: { type: 'string', dims: [2], data: ['a', 'b'] },
  });
  t.match(request, { inputs: {}, rows: 2, callerIds: null, timeoutMilliseconds: null });
  t.equal(request.inputText(1), 'null');
  t.same(Object.keys(decode(model, { outputs: { p: [[1, 0, 0]] } }).outputs), ['p']);
});

t.test('what does not fit is refused with its path', async (t) => {
  const model = await loadExternal(t, P);
  const p = [[0.5, 0.25, 0.25], [1, 0, 0]];
  checkRefusals(t, model, [
    [{}, 'outputs', /expected an object of the outputs "p", "note", got nothing/],
    [{ outputs: p }, 'outputs', /got an array of 2/],
    [{ outputs: {} }, 'outputs.p', /expected the output "p" \(float32\), got nothing/],
    [{ outputs: { note: ['a'] } }, 'outputs.p', /got nothing/],
    [{ outputs: { p, q: [1, 2] } }, 'outputs.q', /unknown output; the model declares "p", "note"/],
    [{ outputs: { p: [] } }, 'outputs.p', /at least one row/],
    [{ outputs: { p: 1 } }, 'outputs.p', /nested array/],
    [{ outputs: { p: [0.5, 0.25, 0.25] } }, 'outputs.p[0]', /output "p" \(float32\): expected an array of 3.*got 0\.5/],
    [{ outputs: { p: [[0.5, 0.5]] } }, 'outputs.p[0]', /expected 3 elements.*got 2/],
    [{ outputs: { p: [[0.5, null, 0.5]] } }, 'outputs.p[0][1]', /expected a number in the range of float32, got null/],
    [{ outputs: { p: [[0.5, 0.25, 0.25], ['1', 0, 0]] } }, 'outputs.p[1][0]', /got "1"/],
    [{ outputs: { p: [[0.5, 0.25, 0.25], [0, 1.5, 0]] } }, 'outputs.p[1][1]', /expected a probability in \[0, 1\].*scores: probabilities, got 1\.5/],
    [{ outputs: { p: [[-2, 0.25, 0.25]] } }, 'outputs.p[0][0]', /expected a probability/],
    [{ outputs: { p, note: ['a'] } }, 'outputs.note', /expected 2 rows as in outputs\.p, got 1/],
    [{ outputs: { p, note: ['a', 2] } }, 'outputs.note[1]', /expected a string.*got 2/],
    [{ outputs: { p }, instances: [1] }, 'instances', /expected 2 rows as in outputs\.p, got 1/],
    [{ outputs: { p }, instances: { a: 1 } }, 'instances', /expected an array of rows, got an object/],
    [{ outputs: { p }, instances: null }, 'instances', /got null/],
    [{ outputs: { p }, ids: ['a'] }, 'ids', /expected 2 ids, one for each row of outputs\.p, got 1/],
    [{ outputs: { p }, ids: 'a' }, 'ids', /expected an array of one id a row/],
    [{ outputs: { p }, ids: ['a', ''] }, 'ids[1]', /expected a text of 1 to 512 characters.*got a text of 0/],
    [{ outputs: { p }, ids: ['a'.repeat(512), 'a'.repeat(513)] }, 'ids[1]', /got a text of 513/],
    [{ outputs: { p }, ids: ['a', null] }, 'ids[1]', /got null/],
    [{ outputs: { p }, ids: ['a', 2 ** 53] }, 'ids[1]', /integers beyond 2\^53 - 1 as text/],
    [{ outputs: { p }, inputs: { x: [1, 2] } }, 'inputs', /unknown field; expected "outputs", "instances" and "ids"/],
  ]);
  t.equal(refusal(model, [1]).code, 'INVALID_REQUEST');
});

t.test('a model that runs here is not scored', async (t) => {
  const model = await loadExternal(t, P);
  const running = { ...model, key: model.key, base: { session: 'base', signature: model.signature, executionProvider: 'cpu', fallback: null } } as const;
  t.throws(() => decodeScoreBody({ outputs: {} }, running), { code: 'MODEL_NOT_EXTERNAL', message: /POST \/v1\/models\/m\/predict/ });
});

t.test('without declared inputs, instances are kept as they are', async (t) => {
  const model = await loadExternal(t, P);
  const request = decode(model, { outputs: { p: [[1, 0, 0], [0, 1, 0]] }, instances: [{ prompt: 'Is this spam?', n: [1, null] }, 'text'] });
  t.same(request.inputs, {});
  t.same([0, 1].map((row) => request.inputText(row)), ['{"prompt":"Is this spam?","n":[1,null]}', '"text"']);
});

t.test('with declared inputs, instances are read as those of a predict request, or absent', async (t) => {
  const model = await loadExternal(t, `${P}inputs: [{ name: x, shape: [-1, 2] }, { name: text, datatype: BYTES, shape: [-1, 1] }]\n`);
  const outputs = { p: [[1, 0, 0], [0, 1, 0]] };
  const request = decode(model, { outputs, instances: [{ x: [1, 2], text: 'a' }, { text: ['b'], x: [3, 4] }] });
  t.same(request.inputs, { x: { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, text: { type: 'string', dims: [2, 1], data: ['a', 'b'] } });
  t.equal(request.inputText(0), '{"x":[1,2],"text":"a"}');
  t.same(decode(model, { outputs }).inputs, {});
  checkRefusals(t, model, [
    [{ outputs, instances: [{ x: [1, 2], text: 'a' }, { x: [1, 2] }] }, 'instances[1].text', /expected the input "text"/],
    [{ outputs, instances: [{ x: [1, 2], text: 'a' }, { x: [1, 'y'], text: 'a' }] }, 'instances[1].x[1]', /input "x" \(float32\): expected a number/],
    [{ outputs, instances: [{ x: [1, 2], text: 'a' }, null] }, 'instances[1]', /expected an object of named inputs/],
  ]);
});

t.test('instances are required where the outputs hold no number', async (t) => {
  const model = await loadExternal(t, 'task: custom\noutputs: [{ name: a, shape: [-1], datatype: BYTES }]\ninputs: [{ name: q, datatype: BYTES, shape: [-1] }]\n');
  t.match(decode(model, { outputs: { a: ['yes'] }, instances: ['why?'] }).inputs, { q: { data: ['why?'] } });
  checkRefusals(t, model, [
    [{ outputs: { a: ['yes'] } }, 'instances', /the outputs of this model alone hold no number; got nothing/],
    [{ outputs: {}, instances: ['why?'] }, 'outputs', /expected at least one of "a", got none/],
  ]);
});

t.test('a single score may be a flat vector or a column; ids are text', async (t) => {
  const model = await loadExternal(t, 'task: binary\nscores: binary_probability\noutputs: [{ name: p, shape: [-1, 1], datatype: FP16 }]\n');
  for (const p of [[0.5, 0.25], [[0.5], [0.25]]]) t.match(decode(model, { outputs: { p } }).outputs['p'], { type: 'float16', dims: [2, 1], data: Uint16Array.of(0x3800, 0x3400) });
  t.same(decode(model, { outputs: { p: [0.5, 0.25, 1] }, ids: ['order-1', 17, 1.5] }).callerIds, { rows: ['order-1', '17', '1.5'] });
  checkRefusals(t, model, [[{ outputs: { p: [0.5, 1.25] } }, 'outputs.p[1][0]', /expected a probability/]]);
  const flat = await loadExternal(t, 'task: regression\ntolerance: { absolute: 1 }\noutputs: [{ name: y, shape: [-1], datatype: FP64 }]\n');
  t.match(decode(flat, { outputs: { y: [1e300, -5] } }).outputs['y'], { type: 'float64', dims: [2] });
  checkRefusals(t, flat, [
    [{ outputs: { y: [1, [2]] } }, 'outputs.y[1]', /expected a finite number, got an array of 1/],
    [{ outputs: { y: [1, null] } }, 'outputs.y[1]', /got null/],
  ]);
});

t.test('any finite matrix comes back bit for bit, whatever its number of rows', async (t) => {
  const model = await loadExternal(t, 'scores: logits\noutputs: [{ name: p, shape: [-1, 3], datatype: FP32 }]\n');
  const row = fc.tuple(...[0, 1, 2].map(() => fc.float({ noNaN: true, noDefaultInfinity: true })));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (p) => {
      const { outputs, rows } = decode(model, { outputs: { p } });
      t.equal(rows, p.length);
      // JSON has no negative zero.
      t.same(outputs['p']?.data, Float32Array.from(p.flat(), (value) => value + 0));
    }),
    { numRuns: 50 },
  );
});

t.test('1,000 classes for 256 rows are decoded quickly', async (t) => {
  const model = await loadExternal(t, 'scores: probabilities\noutputs: [{ name: p, shape: [-1, 1000] }]\n');
  const body = { outputs: { p: Array.from({ length: 256 }, (_, row) => Array.from({ length: 1000 }, (_, index) => (index === row ? 0.5 : 0.5 / 999))) } };
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    decodeScoreBody(body, model);
    return performance.now() - started;
  });
  const best = Math.min(...times);
  t.comment(`${best.toFixed(2)} ms`);
  // 256,000 numbers: a pass that allocates for every one of them takes far longer.
  t.ok(best < 50, `${best} ms`);
});

t.test('rows without end are refused', async (t) => {
  const model = await loadExternal(t, 'task: custom\noutputs: [{ name: y, shape: [-1] }]\n');
  checkRefusals(t, model, [[{ outputs: { y: new Array<number>(2 ** 20 + 1).fill(1) } }, 'outputs.y', /at most 1048576 rows in a request, got 1048577/]]);
});
