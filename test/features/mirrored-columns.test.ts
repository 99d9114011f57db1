import t from 'tap';
import type { TensorInfo } from '../../src/engine/tensor.js';
import { mirroredColumns } from '../../src/meta/features/mirrored-columns.js';
import { behaviourLayout } from '../../src/meta/features/behaviour-layout.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import type { FeaturePlan } from '../../src/meta/features/plan.js';
import { info, oneInput, plan } from '../support/feature-run.js';
import type { Picture, PictureSize } from '../support/picture-reference.js';
import { featuresOf, isNear, wave } from '../support/picture-run.js';

/** The features of a row as they are to be in the mirror. */
const turned = (features: Float32Array, columns: readonly number[]): number[] => columns.map((column) => Math.sign(column) * features[Math.abs(column) - 1]!);

const KINDS: readonly { readonly dims: TensorInfo['dims']; readonly size: PictureSize }[] = [
  { dims: [null, 3, 32, 32], size: { channels: 3, height: 32, width: 32 } },
  { dims: [null, 40, 33, 3], size: { channels: 3, height: 40, width: 33 } },
  { dims: [null, 2, 20, 20], size: { channels: 2, height: 20, width: 20 } },
  { dims: [null, 3, null, null], size: { channels: 3, height: 37, width: 50 } },
  { dims: [null, 1, 28, 28], size: { channels: 1, height: 28, width: 28 } },
  { dims: [null, 30, 41], size: { channels: 1, height: 30, width: 41 } },
];

for (const { dims, size } of KINDS) {
  t.test(`the features of a mirror image are those of the picture in other places, ${JSON.stringify(dims)}`, async (t) => {
    const columns = mirroredColumns([oneInput('float32', dims)!], new Set(['x']))!;
    const mirrored = (picture: Picture): Picture => (c, y, x) => picture(c, y, size.width - 1 - x);
    const [a, b, aTurned, bTurned] = await featuresOf(dims, [wave(0), wave(1), mirrored(wave(0)), mirrored(wave(1))], size);
    t.equal(columns.length, a!.length);
    t.ok(isNear(aTurned, turned(a!, columns)) && isNear(bTurned, turned(b!, columns)));
    t.notOk(isNear(aTurned, [...a!]), 'which are others');
    t.same(columns.map((column) => Math.sign(column) * columns[Math.abs(column) - 1]!), columns.map((_, i) => i + 1), 'twice is not at all');
  });
}

const picture = info('picture', 'float32', [null, 3, 32, 32]);
const layout = (changes: Partial<FeaturePlan>) => planFeatures(plan({ source: { output: info('y', 'float32', [null, 3]), kind: 'logits' }, behaviour: behaviourLayout(3, 'horizontal_flip'), ...changes }));

t.test('other inputs stay as they are beside a picture', async (t) => {
  const { mirror, inputWidth, inputs } = layout({ inputs: [info('table', 'float32', [null, 5]), picture, info('more', 'float32', [null, 2])] });
  t.equal(mirror?.length, inputWidth);
  t.same(mirror?.slice(0, 5), [1, 2, 3, 4, 5]);
  t.same(mirror?.slice(-2), [inputWidth - 1, inputWidth]);
  t.same(mirror?.slice(5, -2), mirroredColumns([inputs[1]!], new Set(['picture']))?.map((column) => column + 5 * Math.sign(column)));
});

t.test('not known of small and of averaged pictures, nor where nobody says that a mirror changes nothing', async (t) => {
  t.equal(layout({ inputs: [info('x', 'float32', [null, 3, 9, 9])] }).mirror, undefined);
  t.equal(layout({ inputs: [picture], maxWidth: 40 }).mirror, undefined);
  t.equal(layout({ inputs: [picture], behaviour: behaviourLayout(3) }).mirror, undefined);
});
