import fc from 'fast-check';
import t from 'tap';
import type { TensorInfo } from '../../src/engine/tensor.js';
import { behaviourLayout } from '../../src/meta/features/behaviour-layout.js';
import { fairShares } from '../../src/meta/features/budget.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import type { FeaturePlan } from '../../src/meta/features/plan.js';
import { info, oneInput as one, plan } from '../support/feature-run.js';

t.test('fair shares', async (t) => {
  t.same(fairShares([10, 5], 256), [10, 5], 'all fit');
  t.same(fairShares([784, 4, 784], 256), [126, 4, 126], 'small ones first, the rest evenly');
  t.same(fairShares([1, 1, 1], 2), [1, 1, 0], 'first ones first where there is not one for each');
  t.same(fairShares([0, 9], 4), [0, 4]);
});

t.test('shares never exceed the demands or the total, and leave nothing that is wanted', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { maxLength: 20 }), fc.nat(300), (demands, total) => {
      const shares = fairShares(demands, total);
      const given = shares.reduce((a, b) => a + b, 0);
      const wanted = demands.reduce((a, b) => a + b, 0);
      return shares.every((share, i) => share >= 0 && share <= (demands[i] ?? 0)) && given === Math.min(total, wanted);
    }),
  );
});

t.test('numeric tensors that fit are taken as they are', async (t) => {
  t.match(one('float32', [null, 20]), { method: 'identity', width: 20 });
  t.match(one('int64', [null]), { method: 'identity', width: 1 });
  t.match(one('bool', [null, 16, 16]), { method: 'identity', width: 256 });
  t.match(one('float32', [null, 1, 8, 8]), { method: 'identity', width: 64 }, 'a small image too');
});

t.test('images become histograms of gradients and a coarse picture', async (t) => {
  const feature = (heightAxis: number, widthAxis: number, gray: readonly [number, number], cells: number, coarse: readonly [number, number, number]) => ({
    method: 'gradients',
    gradients: {
      heightAxis, widthAxis, cells,
      gray: { height: gray[0], width: gray[1] },
      coarse: { height: coarse[0], width: coarse[1], channels: coarse[2] },
    },
  });
  // 8 directions x 5 x 5 cells + 7 x 7 + 2 logarithms.
  t.match(one('float32', [null, 1, 28, 28]), { ...feature(2, 3, [28, 28], 5, [7, 7, 1]), width: 251 });
  t.match(one('uint8', [null, 28, 28, 1]), { ...feature(1, 2, [28, 28], 5, [7, 7, 1]), width: 251 });
  t.match(one('float32', [null, 28, 28]), { ...feature(1, 2, [28, 28], 5, [7, 7, 1]), width: 251 });
  t.match(one('float32', [null, 1, 224, 224]), { ...feature(2, 3, [32, 32], 5, [7, 7, 1]), width: 251 }, 'fine pictures are pooled first');
  t.match(one('float32', [null, 1, null, null]), { ...feature(2, 3, [32, 32], 5, [6, 6, 1]), width: 238 }, 'of a size known at run time');
  t.match(one('float32', [null, 1, 9, 300]), { ...feature(2, 3, [5, 150], 5, [1, 34, 1]), width: 236 }, 'oblong ones too');
  t.match(one('float32', [1, 32, 32], { batched: false }), { ...feature(1, 2, [32, 32], 5, [7, 7, 1]) }, 'without a batch');
  t.match(one('float32', [null, 1, 64, 64], { maxWidth: 4000 }), { gradients: { cells: 8 } }, 'no finer than 8 x 8 cells');
});

t.test('coloured images become the lowest frequencies of their edges and colours', async (t) => {
  const feature = (heightAxis: number, widthAxis: number, pixels: readonly [number, number, number], edges: number, colours: number) => ({
    method: 'colours',
    colours: { heightAxis, widthAxis, directions: 12, pixels: { height: pixels[0], width: pixels[1], channels: pixels[2] }, frequencies: { edges, colours } },
  });
  // 12 directions x 14 + 3 channels x 28 + 2 logarithms.
  t.match(one('float32', [null, 3, 32, 32]), { ...feature(2, 3, [32, 32, 3], 14, 28), width: 254 });
  t.match(one('uint8', [null, 224, 224, 3]), { ...feature(1, 2, [32, 32, 3], 14, 28), width: 254 }, 'fine pictures are pooled first');
  t.match(one('float32', [null, 3, null, null]), { ...feature(2, 3, [32, 32, 3], 14, 28), width: 254 }, 'of a size known at run time');
  t.match(one('float32', [null, 4, 9, 300]), { ...feature(2, 3, [5, 150, 4], 14, 21), width: 254 }, 'oblong ones too');
  t.match(one('float32', [3, 32, 32], { batched: false }), { ...feature(1, 2, [32, 32, 3], 14, 28), width: 254 }, 'without a batch');
  t.match(one('float32', [1, 3, 32, 32], { batched: false }), { ...feature(2, 3, [32, 32, 3], 14, 28), width: 254 }, 'of a fixed batch of one');
  t.match(one('float32', [null, 3, 64, 64], { maxWidth: 4000 }), { ...feature(2, 3, [32, 32, 3], 64, 64), width: 962 }, 'all frequencies are the most');
  t.match(one('float32', [null, 224, 224, 3], { maxWidth: 90 }), { ...feature(1, 2, [32, 32, 3], 4, 13), width: 89 }, 'fewer where there is little room');
});

t.test('images that get little room are average-pooled', async (t) => {
  const grid = (heightAxis: number, widthAxis: number, height: number, width: number) => ({ method: 'average_pool', pool: { heightAxis, widthAxis, height, width } });
  t.match(one('float32', [null, 1, 28, 28], { maxWidth: 89 }), { ...grid(2, 3, 7, 7), width: 49 });
  t.match(one('float32', [null, 3, 32, 32], { maxWidth: 80 }), { ...grid(2, 3, 5, 5), width: 75 }, 'colour channels are kept');
  t.match(one('float32', [null, 224, 224, 3], { maxWidth: 40 }), { ...grid(1, 2, 6, 6), width: 36 }, 'or averaged where there is no room');
  t.match(one('float32', [3, 32, 32], { batched: false, maxWidth: 80 }), { ...grid(1, 2, 5, 5), width: 75 }, 'without a batch');
});

t.test('no image takes more than its share', async () => {
  const side = fc.integer({ min: 8, max: 400 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 20, max: 2000 }), (height, width, channels, maxWidth) => {
      const feature = one('float32', [null, channels, height, width], { maxWidth });
      return feature !== undefined && feature.width > 0 && feature.width <= maxWidth;
    }),
  );
});

t.test('all else is summarized', async (t) => {
  t.match(one('float32', [null, 300]), { method: 'projection', width: 256 });
  t.match(one('float32', [null, 64, 10, 10]), { method: 'projection', width: 256 });
  t.match(one('float32', [null, null]), { method: 'projection', width: 4 }, 'four statistics over a variable dimension');
  t.match(one('float32', [null, null, 12], { series: 'none' }), { method: 'projection', width: 48 });
  t.match(one('float32', [null, null, 128]), { method: 'projection', width: 256 });
});

t.test('strings are hashed, string outputs skipped', async (t) => {
  t.match(one('string', [null, 1]), { method: 'hash', width: 32 });
  const outputs = [info('text', 'string', [null]), info('value', 'float32', [null, 1])];
  t.match(planFeatures(plan({ outputs })).inputs, [{ method: 'skip', width: 0 }, { method: 'identity', width: 1 }]);
});

t.test('inputs and outputs share the budget, small ones as they are', async (t) => {
  const columns = Array.from({ length: 30 }, (_, i) => info(`column${i}`, 'float32', [null, 1]));
  const layout = planFeatures(plan({ inputs: [info('image', 'float32', [null, 1, 28, 28]), ...columns], outputs: [info('y', 'float32', [null, 1])] }));
  t.same(layout.inputs.map((input) => input.width), [179, ...columns.map(() => 1), 1]);
  t.equal(layout.inputWidth, 210);
  const many = Array.from({ length: 300 }, (_, i) => info(`column${i}`, 'float32', [null, 1]));
  const crowded = planFeatures(plan({ inputs: many }));
  t.equal(crowded.inputWidth, 256);
  t.equal(crowded.inputs[299]?.method, 'skip');
});

t.test('behaviour', async (t) => {
  t.same(behaviourLayout(null), { kind: 'none' });
  t.same(behaviourLayout(256), { kind: 'classes', classes: 256 });
  t.same(behaviourLayout(257), { kind: 'sorted', classes: 257, top: 16 });
  t.throws(() => behaviourLayout(1), RangeError);
  t.equal(planFeatures(plan({ classes: 10 })).width, 10);
  t.equal(planFeatures(plan({ classes: 1000 })).width, 20);
});

t.test('the schema changes with all that changes the numbers, and with nothing else', async (t) => {
  const source = { output: info('z', 'float32', [null, 3]), kind: 'logits' } as const;
  const base = plan({ inputs: [info('x', 'float32', [null, 300])], source, classes: 3 });
  const changed: FeaturePlan[] = [
    { ...base, inputs: [info('other', 'float32', [null, 300])] },
    { ...base, inputs: [info('x', 'float64', [null, 300])] },
    { ...base, inputs: [info('x', 'float32', [null, 301])] },
    { ...base, inputs: [info('x', 'float32', [null, 100])] },
    { ...base, outputs: [info('y', 'float32', [null, 1])] },
    { ...base, batched: false, inputs: [info('x', 'float32', [300])] },
    { ...base, source: { ...source, kind: 'probabilities' } },
    { ...base, source: { ...source, output: info('w', 'float32', [null, 3]) } },
    { ...base, behaviour: behaviourLayout(4) },
    { ...base, maxWidth: 128 },
  ];
  const schemas = [base, ...changed].map((each) => planFeatures(each).schema);
  t.equal(new Set(schemas).size, schemas.length);
  t.match(schemas[0] ?? '', /^[0-9a-f]{16}$/);
  t.equal(planFeatures({ ...base, maxWidth: 256 }).schema, schemas[0]);
  t.equal(planFeatures({ ...base, source: { ...source, output: info('z', 'float32', [null, null]) } }).schema, schemas[0], 'not with the declared size of an output');
});

t.test('no picture is one where pictures are switched off', async (t) => {
  for (const dims of [[null, 1, 28, 28], [null, 784], [null, 28, 28, 3]]) t.match(one('float32', dims, { pictures: null }), { method: 'projection', width: 256 }, JSON.stringify(dims));
  t.match(one('float32', [null, 1, 8, 8], { pictures: null }), { method: 'identity', width: 64 });
});

t.test('what was logged by earlier releases has the schema that it had', async (t) => {
  const schema = (type: TensorInfo['type'], dims: TensorInfo['dims'], changes: Partial<FeaturePlan> = {}): string => planFeatures(plan({ inputs: [info('x', type, dims)], ...changes })).schema;
  t.equal(schema('float32', [null, 20]), '0e280304b5e0afcc');
  t.equal(schema('float32', [null, 300]), '946711e92d20f3e3');
  t.equal(schema('string', [null, 1]), '716716e068102ea3');
  t.equal(schema('float32', [null, 1, 28, 28]), '2ed75e924887df62');
  t.equal(schema('uint8', [null, 28, 28, 1]), '748d6e4c5690da33');
  t.equal(schema('float32', [null, 3, 32, 32], { maxWidth: 80 }), '68fd9289bd25354f');
  t.equal(schema('float32', [1, 32, 32], { batched: false }), 'ef9c4ed8cd24b24a');
  t.equal(schema('float32', [null, 1, 8, 8]), '0e966e94705f8593');
  t.equal(schema('float32', [null, 784], { pictures: null }), '4611845f676d2b4a', 'a table of 784 columns that is said to be one');
});
