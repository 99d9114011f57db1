import fc from 'fast-check';
import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import type { DirectSession } from '../../src/engine/engine.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { behaviourLayout } from '../../src/meta/features/behaviour-layout.js';
import { AUGMENTED_INPUT, SCORES_INPUT, buildFeatureGraph } from '../../src/meta/features/graph.js';
import { FEATURE_OUTPUTS } from '../../src/meta/features/layout.js';
import type { Augmentation, ScoreKind } from '../../src/meta/features/layout.js';
import { planFeatures } from '../../src/meta/features/plan.js';
import { agrees, augmentedReference, behaviourReference } from '../support/feature-reference.js';
import { floats, info, plan } from '../support/feature-run.js';

const probability = fc.oneof(fc.float({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e-12, 1e-30, 0.5));
const logit = fc.oneof(fc.float({ min: -30, max: 30, noNaN: true }), fc.constantFrom(0, -0, 1e4, -1e4, 3e38, -Infinity, Infinity, NaN));
const unnormalized = fc.oneof(probability, fc.constantFrom(NaN, Infinity, -0.25));

/** Rows of `columns` scores. */
const rowsOf = (score: fc.Arbitrary<number>, columns: number) =>
  fc.array(fc.array(score, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 });

async function open(kind: ScoreKind, classes: number, columns: number, augmentation: Augmentation | null): Promise<DirectSession> {
  const source = { output: info('scores', 'float32', [null, columns]), kind };
  const { onnx } = buildFeatureGraph(planFeatures(plan({ source, behaviour: behaviourLayout(classes, augmentation) })), source, true);
  return createDirectSession({ bytes: onnx }, { executionProviders: ['cpu'], intraOpThreads: 1 });
}

const cases: { kind: ScoreKind; classes: number; columns: number; score: fc.Arbitrary<number> }[] = [
  { kind: 'logits', classes: 2, columns: 2, score: logit },
  { kind: 'logits', classes: 10, columns: 10, score: logit },
  { kind: 'logits', classes: 64, columns: 64, score: logit },
  { kind: 'logits', classes: 100, columns: 100, score: logit },
  { kind: 'probabilities', classes: 3, columns: 3, score: unnormalized },
  { kind: 'probabilities', classes: 65, columns: 65, score: unnormalized },
  { kind: 'binary_probability', classes: 2, columns: 1, score: fc.oneof(probability, fc.constant(NaN)) },
  { kind: 'binary_logit', classes: 2, columns: 1, score: logit },
  { kind: 'logits', classes: 300, columns: 300, score: logit },
];

for (const { kind, classes, columns, score, augmentation } of cases.flatMap((each) => [{ ...each, augmentation: null }, { ...each, augmentation: 'horizontal_flip' as const }])) {
  t.test(`${kind} of ${classes} classes${augmentation === null ? '' : ', and those of augmented rows,'} agree with plain float64 arithmetic`, async (t) => {
    const session = await open(kind, classes, columns, augmentation);
    t.teardown(() => session.release());
    const behaviour = behaviourLayout(classes, augmentation);
    await fc.assert(
      fc.asyncProperty(rowsOf(score, columns), async (rows) => {
        const scores = floats([rows.length, columns], rows.flat());
        // Those of the row after, so that both are of the same sorts.
        const augmented = floats([rows.length, columns], [...rows.slice(1), rows[0]!].flat());
        const outputs = await session.run({ [SCORES_INPUT]: scores, ...(augmentation !== null && { [AUGMENTED_INPUT]: augmented }) });
        const features = Array.from(outputs[FEATURE_OUTPUTS.features]?.data ?? [], Number);
        const column = (name: string) => Array.from(outputs[name]?.data ?? [], Number);
        const width = features.length / rows.length;
        return rows.every((_, row) => {
          const scoresOf = ({ data }: Tensor) => Array.from(data.slice(row * columns, (row + 1) * columns), Number);
          const expected = augmentation === null ? behaviourReference(scoresOf(scores), kind) : augmentedReference(scoresOf(scores), scoresOf(augmented), kind);
          const sorted = [...expected.logs].sort((a, b) => b - a);
          const vector = behaviour.kind === 'sorted' ? [...expected.summary, ...sorted.slice(0, behaviour.top)] : [...expected.logs, ...(augmentation === null ? [] : [expected.predicted])];
          return (
            column(FEATURE_OUTPUTS.classes)[row] === expected.predicted &&
            agrees(column(FEATURE_OUTPUTS.confidence)[row], expected.confidence) &&
            agrees(column(FEATURE_OUTPUTS.coldStart)[row], expected.coldStart, 1e-5, 1e-37) &&
            vector.length === width &&
            vector.every((value, i) => agrees(features[row * width + i], value, 1e-5, 1e-12))
          );
        });
      }),
      { numRuns: 60 },
    );
  });
}
