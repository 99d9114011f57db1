import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import type { Tensor } from '../../src/engine/tensor.js';
import type { LoadedModel } from '../../src/inference/contracts.js';
import type { PredictMetrics } from '../../src/inference/predict-metrics.js';
import { ModelRunner } from '../../src/inference/runner.js';
import { outputName } from '../../src/inference/runner-plan.js';
import type { RunAnswer } from '../../src/inference/runner-request.js';
import { profileOf } from '../../src/jobs/model-profiles.js';
import { readWindow } from '../../src/jobs/read-window.js';
import { taskOf } from '../../src/jobs/retrain-task.js';
import { FEATURE_OUTPUTS } from '../../src/meta/features/layout.js';
import { recordingLogger } from '../support/recording-logger.js';
import { startRepository } from '../support/repository-fixture.js';
import * as models from '../support/repository-models.js';

const SHAPE = [3, 16, 20] as const;
const SIZE = 3 * 16 * 20;
const CLASSES = 4;
const FLIP = 'features: { test_time_augmentation: horizontal_flip }\n';

interface Kind {
  /** Dimensions of the input; a text is a dimension of any size. */
  readonly dims: readonly (number | string)[];
  readonly classes?: number;
  /** Whether a run fails where the first pixel of a row is 5. */
  readonly fragile?: boolean;
}

/** Scores of a linear model of pictures, which are others in a mirror. */
function pictureModel({ dims, classes = CLASSES, fragile = false }: Kind): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', dims);
  // Of pictures of any size a corner.
  const isAny = dims.at(-1) === 'width';
  const size = isAny ? 3 * 5 * 5 : SIZE;
  const seen = isAny ? graph.node('Slice', [x, graph.ints([0, 0]), graph.ints([5, 5]), graph.ints([2, 3])]) : x;
  const rows = graph.node('Reshape', [seen, graph.ints([-1, size])]);
  const weights = graph.constant({ type: 'float32', dims: [size, classes], data: Float32Array.from({ length: size * classes }, (_, i) => Math.sin(1 + i) / 8) });
  const scores = graph.node('MatMul', [rows, weights]);
  const first = graph.node('Cast', [graph.node('Slice', [rows, graph.ints([0]), graph.ints([1]), graph.ints([1])])], { to: 7 });
  const five = graph.node('Gather', [graph.floats([0, 0, 0, 0]), first]);
  const last = fragile ? graph.node('Add', [scores, five]) : scores;
  const hasBatch = typeof dims[0] === 'string';
  const shaped = hasBatch ? last : graph.node('Reshape', [last, graph.ints([classes])]);
  graph.output('y', graph.node('Softmax', [shaped], { axis: -1 }), 'float32', hasBatch ? [dims[0]!, classes] : [classes]);
  return graph.toModel();
}

/** Pixels of 0 to 1. */
const pixels = (rows: number): Float32Array => Float32Array.from({ length: rows * SIZE }, (_, i) => Math.abs(Math.sin(i * i)));

function mirrored(values: Float32Array): Float32Array {
  const width = SHAPE[2];
  return values.map((_, i) => values[i - (i % width) + (width - 1 - (i % width))]!);
}

function runner(model: LoadedModel) {
  const logger = recordingLogger();
  const stages: string[] = [];
  const nothing = (): void => undefined;
  const metrics: PredictMetrics = { stage: (stage) => void stages.push(stage), ran: nothing, queueRows: nothing, rejected: nothing, replied: nothing, requests: { succeeded: nothing, failed: nothing } };
  const run = new ModelRunner(model, metrics, logger);
  return {
    logger, stages,
    async answer(dims: readonly number[], data: Float32Array): Promise<RunAnswer> {
      const inputs = { x: { type: 'float32', dims, data } satisfies Tensor };
      const [answer] = await run.run([{ inputs, outputs: {}, rows: dims[0]!, chain: model.features, timeoutMilliseconds: null, shape: '' }]);
      return answer!;
    },
  };
}

const numbers = ({ tensors }: RunAnswer, name: string): number[] => Array.from(tensors[name]?.data ?? [], Number);
/** The last numbers of each row of features. */
const behaviours = (answer: RunAnswer, rows: number, width: number): number[][] => {
  const all = numbers(answer, FEATURE_OUTPUTS.features);
  const size = all.length / rows;
  return Array.from({ length: rows }, (_, row) => all.slice((row + 1) * size - width, (row + 1) * size));
};

const KINDS: Readonly<Record<string, Kind & { readonly settings?: string; readonly request: (rows: number) => readonly number[]; readonly rows: number }>> = {
  batched: { dims: ['n', ...SHAPE], request: (rows) => [rows, ...SHAPE], rows: 3 },
  sizes: { dims: ['n', 3, 'height', 'width'], request: (rows) => [rows, ...SHAPE], rows: 2 },
  flat: { dims: ['n', SIZE], settings: 'pictures: { height: 16, width: 20, channels: 3 }\n', request: (rows) => [rows, SIZE], rows: 3 },
  whole: { dims: SHAPE, request: () => [1, ...SHAPE], rows: 1 },
  many: { dims: ['n', ...SHAPE], classes: 300, request: (rows) => [rows, ...SHAPE], rows: 2 },
};

for (const [name, { settings = '', request, rows, ...kind }] of Object.entries(KINDS)) {
  t.test(`${name}: the prediction is that of the picture, its uncertainty that of both`, async (t) => {
    const bytes = pictureModel(kind);
    const yaml = `${settings}scores: probabilities\nlabels: ${JSON.stringify(Array.from({ length: kind.classes ?? CLASSES }, (_, k) => `c${k}`))}\n`;
    const { repository, catalogue } = await startRepository(t, { 'once/1/model.onnx': bytes, 'once/metaerr.yaml': yaml, 'twice/1/model.onnx': bytes, 'twice/metaerr.yaml': `${yaml}${FLIP}` });
    await repository.loadAll();
    const [once, twice] = [runner(catalogue.loaded('once')), runner(catalogue.loaded('twice'))];
    const values = pixels(rows);
    const [own, other, both] = [await once.answer(request(rows), values), await once.answer(request(rows), mirrored(values)), await twice.answer(request(rows), values)];
    t.same(numbers(both, outputName('y')), numbers(own, outputName('y')));
    t.same(numbers(both, FEATURE_OUTPUTS.classes), numbers(own, FEATURE_OUTPUTS.classes));
    t.same(numbers(both, FEATURE_OUTPUTS.confidence), numbers(own, FEATURE_OUTPUTS.confidence));
    const classes = kind.classes ?? CLASSES;
    const [p, q] = [own, other].map((answer) => numbers(answer, outputName('y')));
    const predicted = numbers(own, FEATURE_OUTPUTS.classes);
    const coldStart = numbers(both, FEATURE_OUTPUTS.coldStart);
    let most = 0;
    predicted.forEach((k, row) => {
      const mean = Array.from({ length: classes }, (_, c) => Math.sqrt(p![row * classes + c]! * q![row * classes + c]!));
      const total = mean.reduce((sum, each) => sum + each, 0);
      t.ok(Math.abs(coldStart[row]! - (1 - mean[k]! / total)) < 1e-5);
      most = Math.max(most, Math.abs(coldStart[row]! - (1 - p![row * classes + k]!)));
      if (classes > 256) return;
      const [behaviour] = behaviours(both, rows, classes + 1).slice(row, row + 1);
      t.equal(behaviour![classes], k);
      mean.forEach((each, c) => t.ok(Math.abs(behaviour![c]! - Math.log(each / total)) < 1e-3));
    });
    t.ok(most > 0.001, 'a mirror changes what the model says');
    t.same(twice.stages, ['base', 'augmentation', 'features']);
    t.same(once.stages, ['base', 'features', 'base', 'features']);
    t.not(catalogue.loaded('twice').features.layout.schema, catalogue.loaded('once').features.layout.schema);
  });
}

t.test('a training is told what a mirror does to the features', async (t) => {
  const { repository, catalogue } = await startRepository(t, { 'm/1/model.onnx': pictureModel({ dims: ['n', ...SHAPE] }), 'm/metaerr.yaml': FLIP, 'plain/1/model.onnx': pictureModel({ dims: ['n', ...SHAPE] }) });
  await repository.loadAll();
  const told = (name: string) => taskOf({ kind: 'sqlite', dataDir: '/nowhere' }, profileOf(catalogue.loaded(name)), { incumbent: null, attempt: 1, now: 0, byHand: false });
  const { layout } = catalogue.loaded('m').features;
  t.equal(layout.mirror?.length, layout.inputWidth);
  t.same(told('m').mirror, layout.mirror);
  t.same(told('m').behaviour, { kind: 'classes', classes: CLASSES, augmentation: 'horizontal_flip' });
  t.equal(told('plain').mirror, undefined);
  const window = await readWindow((async function* () {})(), { ...told('m'), labels: null }, () => undefined);
  t.same(window.mirror, layout.mirror);
});

t.test('where only the mirror image cannot be run the answer stands, and is degraded', async (t) => {
  const { repository, catalogue } = await startRepository(t, { 'm/1/model.onnx': pictureModel({ dims: ['n', ...SHAPE], fragile: true }), 'm/metaerr.yaml': FLIP });
  await repository.loadAll();
  const { answer, logger } = runner(catalogue.loaded('m'));
  const values = pixels(1);
  values[SHAPE[2] - 1] = 5;
  const failed = [await answer([1, ...SHAPE], values), await answer([1, ...SHAPE], values)];
  for (const each of failed) {
    t.equal(numbers(each, outputName('y')).length, CLASSES);
    t.equal(each.tensors[FEATURE_OUTPUTS.features], undefined);
    t.match(each.steps, [{ stage: 'base', error: null }, { stage: 'augmentation', error: /Gather/ }, { stage: 'features', error: /missing/ }]);
  }
  t.equal(logger.lines.filter(({ message }) => message.includes('predictions are degraded')).length, 1, 'the fault is told once, and what follows from it is not');
  values[SHAPE[2] - 1] = 0;
  t.ok((await answer([1, ...SHAPE], values)).tensors[FEATURE_OUTPUTS.features]);
  values[0] = 5;
  await t.rejects(answer([1, ...SHAPE], values), { code: 'INFERENCE_FAILED' });
});

t.test('what has no mirror image is refused, with the reason', async (t) => {
  const outputs = 'outputs: [{ name: y, shape: [-1, 3] }]\n';
  const { repository, catalogue } = await startRepository(t, {
    'table/1/model.onnx': models.scoreModel({ last: 'Softmax' }),
    'table/metaerr.yaml': FLIP,
    'value/1/model.onnx': models.scoreModel({ columns: 1 }),
    'value/metaerr.yaml': `tolerance: { absolute: 0.5 }\n${FLIP}`,
    'none/1/model.onnx': pictureModel({ dims: ['n', ...SHAPE] }),
    'none/metaerr.yaml': 'features: { test_time_augmentation: horizontal_flip, pictures: none }',
    'far/metaerr.yaml': `source: external\n${outputs}${FLIP}`,
    'word/1/model.onnx': pictureModel({ dims: ['n', ...SHAPE] }),
    'word/metaerr.yaml': 'features: { test_time_augmentation: vertical_flip }',
  });
  await repository.loadAll();
  const reason = (name: string) => catalogue.get(name).reason ?? '';
  t.match(reason('table'), /features\.test_time_augmentation: horizontal_flip needs a picture, and no input is one: x \[\?, 4\]/);
  t.match(reason('value'), /features\.test_time_augmentation: horizontal_flip compares class scores, and the model gives none/);
  t.match(reason('none'), /features\.test_time_augmentation: horizontal_flip needs pictures, but features\.pictures is none/);
  t.match(reason('far'), /features\.test_time_augmentation: horizontal_flip asks the base model again, and that of source external runs elsewhere/);
  t.match(reason('word'), /features\.test_time_augmentation/);
});
