import type { Form } from '../../src/meta/experts/form.js';
import { buildReferenceStore } from '../../src/meta/experts/reference-store.js';
import type { Standardizer } from '../../src/meta/experts/standardizer.js';
import { scoresOf } from '../../src/meta/fit/fit-normal-scores.js';
import { EXPERTS, type MetaModelParameters, type RecipeParameters } from '../../src/meta/fit/types.js';
import type { KernelKind } from '../../src/meta/kernel/kernel-points.js';
import { createRandom, type Random } from '../../src/meta/training/random.js';
import type { ClassTrees } from '../../src/meta/trees/class-trees.js';
import { LEAVES, SPLITS } from '../../src/meta/trees/tree.js';

const CLASSES = 3;
const INPUTS = 4;
const MEMBERS = 2;
const HIDDEN = 5;

function floats(random: Random, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => scale * random.normal());
}

function standardizer(random: Random, width: number, kept = Array.from({ length: width }, (_, j) => j)): Standardizer {
  return { inputWidth: width, kept: Int32Array.from(kept), mean: floats(random, kept.length), scale: Float32Array.from(kept, () => 0.5 + random.uniform()) };
}

const CENTRES = 7;

/** What a mirror multiplies each number by, in the models whose columns are read by their order. */
const SIGNS = [1, -1, -1];

function signsOf(width: number, readings: 'plain' | 'ordered'): Float32Array | null {
  return readings === 'plain' ? null : Float32Array.from({ length: width }, (_, j) => SIGNS[j] ?? 1);
}

function kernel(random: Random, name: 'kernel' | 'joint' | 'consensus', kind: KernelKind, readings: 'plain' | 'ordered'): RecipeParameters['kernels'][number] {
  const width = kind === 'inputs' ? 3 : 3 + CLASSES;
  return {
    name,
    opinion: {
      classifier: {
        kind, classes: CLASSES, gamma: 0.3, signs: signsOf(width, readings), scale: kind === 'inputs' ? { inputs: 1, probabilities: 0 } : { inputs: 0.6, probabilities: 1.4 },
        centres: floats(random, CENTRES * width), coefficients: floats(random, CENTRES * CLASSES, 0.3), shares: Float32Array.of(0.5, 0.3, 0.2),
      },
      pool: { logProbability: 0.8, affinity: 0.6 },
    },
    linear: { coefficients: Float64Array.of(-0.1, 0.5, 0.7), width: 3 },
  };
}

/** Two rounds of a tree for each of three classes or outcomes; a node in three does not split. */
function trees(random: Random): ClassTrees {
  const tree = () => {
    const columns = Int32Array.from({ length: SPLITS }, () => Math.floor(random.uniform() * (INPUTS + 2)) - 2).map((column) => Math.max(-1, column));
    return { columns, borders: floats(random, SPLITS), values: Float64Array.from({ length: LEAVES }, () => 4 * random.normal()) };
  };
  return { classes: CLASSES, start: Float64Array.of(-0.4, 0.3, 0.1), rounds: [0, 1].map(() => Array.from({ length: CLASSES }, tree)) };
}

/** A meta-model of random numbers: 4 inputs (of which Xi has 3 numbers), 3 classes, two nets of 5 hidden units; boosted trees, and without classes what a regression knows, where columns are read by their order. */
export function randomParameters(kind: Form['kind'], seed: number, readings: 'plain' | 'ordered' = 'plain'): MetaModelParameters {
  const random = createRandom(seed);
  const form: Form = { kind, behaviour: { kind: 'classes', classes: CLASSES }, inputWidth: INPUTS, width: INPUTS + CLASSES, references: kind === 'classes' ? CLASSES : 2, temperature: 1 };
  const isClasses = kind === 'classes';
  const outputs = isClasses ? CLASSES : 1;
  const points = 12;
  const netWidth = isClasses ? CLASSES + 3 + CLASSES : CLASSES + CLASSES + 5 + 1 + 1 + 3;
  const names = EXPERTS.filter((name) => (readings === 'ordered' || !['trees', 'error'].includes(name)) && name !== 'pretrained' && (isClasses ? name !== 'error' : !['joint', 'consensus'].includes(name)));
  const linear = (width: number, classes = 0) => ({ coefficients: Float64Array.from({ length: width + classes }, () => 0.4 * random.normal()), width });
  return {
    form,
    anchor: linear(2),
    recipe: {
      transform: readings === 'plain' ? { kind: 'standardized', standardizer: standardizer(random, INPUTS, [0, 2, 3]), ordered: null } : {
        kind: 'standardized', standardizer: standardizer(random, INPUTS, [0, 2]),
        ordered: { weights: Float32Array.of(1, 0.7), scores: scoresOf([2], [{ values: [-2, -0.5, 0.25, 3], scores: [-1.4, -0.2, 0.3, 1.6] }], [0.7]) },
      },
      metric: isClasses ? { width: 3, share: 1, projection: floats(random, 9, 0.6) } : null,
      store: buildReferenceStore(floats(random, points * 3), 3, 3, Int32Array.from({ length: points }, (_, i) => i % form.references), form.references, points, signsOf(3, readings)),
      evidence: {
        pool: isClasses ? { logProbability: 0.7, affinity: 1.3 } : null,
        centred: standardizer(random, CLASSES), figures: standardizer(random, 5), affinities: standardizer(random, form.references),
        spread: standardizer(random, 1), contrast: standardizer(random, 1),
      },
      nn: linear(3),
      lr: linear(isClasses ? 10 : 8, CLASSES),
      nets: {
        members: MEMBERS, width: netWidth, hidden: HIDDEN, outputs,
        w1: floats(random, MEMBERS * netWidth * HIDDEN, 0.4), b1: floats(random, MEMBERS * HIDDEN), w2: floats(random, MEMBERS * HIDDEN * outputs), b2: floats(random, MEMBERS * outputs),
      },
      netScale: isClasses && readings === 'plain' ? { coefficients: Float64Array.of(0.2, 0.6), width: 2 } : null,
      kernels: isClasses ? [kernel(random, 'kernel', 'inputs', readings), kernel(random, 'joint', 'joint', readings), kernel(random, 'consensus', 'inputs', readings)] : [],
      outcomeKernel: isClasses ? null : {
        regression: { centres: floats(random, CENTRES * 3), gamma: 0.3, signs: signsOf(3, readings), coefficients: floats(random, CENTRES, 0.3), rate: 0.2 },
        linear: { coefficients: Float64Array.of(-0.1, 0.5, 0.7), width: 3 },
      },
      pretrained: null,
      correction: null,
      trees: readings === 'plain' ? null : { trees: trees(random), reading: isClasses ? { pool: { logProbability: 0.9, affinity: 0.4 } } : { centre: -0.7 }, linear: { coefficients: Float64Array.of(0.1, 0.4, 0.6), width: 3 } },
      errorKernel: isClasses || readings === 'plain' ? null : {
        regression: { centres: floats(random, CENTRES * 3), gamma: 0.2, signs: signsOf(3, readings), coefficients: floats(random, CENTRES, 0.6), mean: -0.3, scale: 0.4, rate: 0.2 },
        linear: { coefficients: Float64Array.of(0.2, 0.4, 0.5), width: 3 },
      },
      names,
      stacker: { intercept: -0.2, weights: [0.3, 0.4, 0.2, 0.5, 0.35, 0.25, 0.45, 0.55].slice(0, names.length) },
    },
  };
}
