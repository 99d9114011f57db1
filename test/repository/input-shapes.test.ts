import t from 'tap';
import type { ValueInfo } from '../../src/engine/onnx/value-info.js';
import { InputShapes, isUnnamed } from '../../src/inference/repository/input-shapes.js';

function shapes(inputs: Readonly<Record<string, readonly (number | string | null)[]>>): InputShapes {
  const declared = Object.entries(inputs).map(([name, dims]): ValueInfo => ({ name, kind: 'tensor', elementType: 1, dims }));
  const infos = declared.map(({ name, dims }) => ({ name, type: 'float32' as const, dims: (dims ?? []).map((dim) => (typeof dim === 'number' ? dim : null)) }));
  return new InputShapes(infos, declared);
}

function dims(of: InputShapes, sizes: Readonly<Record<string, number>>): readonly (readonly number[])[] {
  return of.inputs.map((info) => of.dims(info, (variable) => sizes[variable] ?? -1));
}

void t.test('dimensions of one name have one size, unnamed ones are free of each other', async (t) => {
  const named = shapes({ a: ['batch', 'length', 3], b: ['batch', 2, 'length'] });
  t.strictSame([[...named.rowVariables], [...named.innerVariables], named.rowsElsewhere], [['batch'], ['length'], false]);
  t.strictSame(dims(named, { batch: 5, length: 7 }), [[5, 7, 3], [5, 2, 7]]);
  const unnamed = shapes({ a: [null, null], b: [null, 4] });
  t.strictSame([[...unnamed.rowVariables], [...unnamed.innerVariables]], [['a\0#0', 'b\0#0'], ['a\0#1']]);
  t.ok([...unnamed.rowVariables].every(isUnnamed) && ![...named.rowVariables].some(isUnnamed));
  for (const name of ['None', '?', 'unk', '']) t.equal(shapes({ a: [name, name] }).variables, 2, `'${name}' is no name`);
});

void t.test('sums of names and numbers are computed, other expressions are variables of their own', async (t) => {
  const sums = shapes({ mask: ['batch', 'past + now'], more: ['batch', 'past+1'], odd: ['batch', 'floor(now/2)'] });
  t.strictSame([...sums.innerVariables], ['past', 'now', 'floor(now/2)']);
  t.strictSame(dims(sums, { batch: 1, past: 3, now: 4, 'floor(now/2)': 9 }), [[1, 7], [1, 4], [1, 9]]);
  t.equal(sums.variableAt('mask', 1), null);
  t.equal(sums.variableAt('odd', 1), 'floor(now/2)');
});

void t.test('a batch that is the size of a later dimension too', async (t) => {
  t.ok(shapes({ x: ['n', 'n'] }).rowsElsewhere);
  t.ok(shapes({ x: ['batch', 4], state: [1, 'batch', 4] }).rowsElsewhere);
  t.strictSame([...shapes({ x: ['batch', 4], state: [1, 'batch', 4] }).innerVariables], []);
});
