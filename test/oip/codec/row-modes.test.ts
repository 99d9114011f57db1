import t from 'tap';
import type { TensorInfo } from '../../../src/engine/tensor.js';
import { checkRequest } from '../../../src/inference/predict-check.js';
import type { RowMode } from '../../../src/inference/row-shape.js';
import { info, oipModel } from '../../support/oip-models.js';
import { readJson, refusalOf } from '../../support/oip-wire.js';

const input = (name: string, shape: readonly number[], data: unknown) => ({ name, datatype: 'FP32', shape, data });
const read = (rowMode: RowMode, infos: readonly TensorInfo[], ...inputs: unknown[]) => {
  const model = oipModel({ inputs: infos, rowMode });
  const request = readJson(model, { inputs });
  checkRequest(request, model);
  return { rows: request.rows, dims: Object.fromEntries(Object.entries(request.inputs).map(([name, { dims }]) => [name, dims])), text: request.inputText(request.rows - 1) };
};
const x = (...dims: (number | null)[]) => info('x', 'float32', dims);

t.test('shapes are the model\'s on the wire and row-wise inside', async (t) => {
  t.same(read('batched', [x(null, 2)], input('x', [2, 2], [1, 2, 3, 4])), { rows: 2, dims: { x: [2, 2] }, text: '[3,4]' });
  t.same(read('single', [x(1, 2)], input('x', [1, 2], [1, 2])), { rows: 1, dims: { x: [1, 2] }, text: '[1,2]' });
  t.same(read('single', [x(1, 2)], input('x', [3, 2], [1, 2, 3, 4, 5, 6])), { rows: 3, dims: { x: [3, 2] }, text: '[5,6]' }, 'several rows for a model of one');
  t.same(read('whole', [x(2, null)], input('x', [2, 1], [[1], [2]])), { rows: 1, dims: { x: [1, 2, 1] }, text: '[[1],[2]]' });
  t.same(read('whole', [x()], input('x', [], [5])), { rows: 1, dims: { x: [1] }, text: '5' }, 'a scalar, flat');
  t.same(read('whole', [x()], input('x', [], 5)), { rows: 1, dims: { x: [1] }, text: '5' }, 'a scalar, nested in nothing');
  const scaled = [x(null, 2), info('scale', 'float32', [])];
  t.same(read('request', scaled, input('scale', [], [9]), input('x', [2, 2], [1, 2, 3, 4])), { rows: 2, dims: { x: [2, 2], scale: [] }, text: '{"x":[3,4],"scale":9}' });
  const weighted = [x(null), info('weights', 'float32', [3])];
  t.same(read('request', weighted, input('weights', [3], [7, 8, 9]), input('x', [2], [1, 2])), { rows: 2, dims: { x: [2], weights: [3] }, text: '{"x":2,"weights":[7,8,9]}' });
});

t.test('a dimension of length 0 is no row', async (t) => {
  t.same(read('batched', [x(null, null)], input('x', [2, 0], [])), { rows: 2, dims: { x: [2, 0] }, text: '[]' });
  t.same(read('batched', [x(null, null)], input('x', [2, 0], [[], []])), { rows: 2, dims: { x: [2, 0] }, text: '[]' });
  t.same(read('whole', [x(null, 2)], input('x', [0, 2], [])), { rows: 1, dims: { x: [1, 0, 2] }, text: '[]' });
});

t.test('what does not fit', async (t) => {
  const field = (rowMode: RowMode, infos: readonly TensorInfo[], ...inputs: unknown[]) => refusalOf(() => read(rowMode, infos, ...inputs)).message;
  t.match(field('whole', [x(2, null)], input('x', [1, 2, 1], [1, 2])), /input "x": shape: expected \[2, \?\], got \[1, 2, 1\]/);
  t.match(field('single', [x(1, 2)], input('x', [2], [1, 2])), /expected \[\?, 2\], got \[2\]/);
  t.match(field('request', [x(null), info('weights', 'float32', [3])], input('x', [2], [1, 2]), input('weights', [2], [7, 8])), /input "weights": shape: expected \[3\], got \[2\]/);
  t.match(field('whole', [x()], input('x', [], [1, 2])), /expected 1 values for shape \[\], got 2/);
  t.match(field('whole', [x()], input('x', [], [[1]])), /expected a number in the range of float32, got an array of 1/);
});
