import t from 'tap';
import { completeConfig } from '../../src/inference/config/complete.js';
import type { GraphEvidence } from '../../src/inference/config/evidence.js';
import { evidenceOf, type SeenOutput } from '../support/repository-evidence.js';

const PROBABILITIES = [[0.2, 0.3, 0.5], [1, 0, 0]];
const LOGITS = [[0, 0, 0], [-3, 2, 7]];

function complete(yaml: string, outputs: Record<string, SeenOutput>, classLabels: readonly string[] | null = null, graph: Partial<GraphEvidence> = {}) {
  const { config, assumptions } = completeConfig(evidenceOf(yaml, outputs, classLabels, graph));
  const { task, output, scores, labelOutput, labelTexts, labels, tolerance } = config;
  return { reading: { task, output, scores, labelOutput, labelTexts, labels, tolerance }, said: assumptions.join('\n') };
}

const CUSTOM = { task: 'custom', output: null, scores: null, labelOutput: null, labelTexts: null, labels: null, tolerance: null };

void t.test('a softmax is a classification; the index names the classes', async (t) => {
  const { reading, said } = complete('', { y: { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } });
  t.strictSame(reading, { ...CUSTOM, task: 'classification', output: 'y', scores: 'probabilities', labels: ['0', '1', '2'] });
  t.match(said, /task: classification, because output y holds 3 scores a row/);
  t.match(said, /scores: probabilities, because Softmax makes output y/);
  t.match(said, /labels: the index of the class, 0 to 2/);
});

void t.test('without a telling operator the values decide between probabilities and logits', async (t) => {
  t.equal(complete('', { y: { dims: [null, 3], seen: PROBABILITIES, maker: 'Add' } }).reading.scores, 'probabilities');
  t.equal(complete('', { y: { dims: [null, 3], seen: LOGITS, maker: 'Add' } }).reading.scores, 'logits');
  // Rows of zeros alone, as a net without biases answers zeros, are no distribution.
  t.equal(complete('', { y: { dims: [null, 3], seen: [[0, 0, 0]] } }).reading.scores, 'logits');
  t.equal(complete('', { y: { dims: [null, 3], seen: LOGITS, maker: 'LogSoftmax' } }).reading.scores, 'logits');
  // A classifier with raw scores (a linear support vector machine), and a softmax over another axis.
  t.equal(complete('', { y: { dims: [null, 3], seen: LOGITS, maker: 'LinearClassifier' } }).reading.scores, 'logits');
  t.equal(complete('', { y: { dims: [null, 3], seen: [[1, 1, 1]], maker: 'Softmax' } }).reading.scores, 'logits');
});

void t.test('without a warm-up run the scores are a guess that is called one', async (t) => {
  const guessed = complete('', { y: { dims: [null, 3], maker: 'MatMul' } });
  t.equal(guessed.reading.scores, 'logits');
  t.match(guessed.said, /scores: logits, a guess from the operator MatMul/);
  t.equal(complete('', { y: { dims: [null, 3], maker: 'TreeEnsembleClassifier' } }).reading.scores, 'probabilities');
  t.match(complete('', { y: { dims: [null, null] } }).reading, CUSTOM);
  t.match(complete('', { y: { dims: [null, null] } }, ['a', 'b']).reading, { task: 'classification', labels: ['a', 'b'] });
});

void t.test('a classifier of scikit-learn: scores, label output and class names', async (t) => {
  const outputs = {
    output_label: { type: 'string', dims: [null], seen: [['b'], ['a']], maker: 'LinearClassifier' },
    probabilities: { dims: [null, 3], seen: PROBABILITIES, maker: 'LinearClassifier' },
  } as const;
  const { reading, said } = complete('', outputs, ['a', 'b', 'c']);
  t.strictSame(reading, { ...CUSTOM, task: 'classification', output: 'probabilities', scores: 'probabilities', labelOutput: 'output_label', labels: ['a', 'b', 'c'] });
  t.match(said, /output: probabilities, of output_label, probabilities/);
  t.match(said, /label_output: output_label, the only output of one text a row/);
  t.match(said, /labels: the 3 class names in the model/);
});

void t.test('classes that metaerr.yaml names otherwise than the label output does', async (t) => {
  const label = (...values: number[]) => ({ type: 'int64', dims: [null], seen: values.map((value) => [value]) }) as const;
  const text = (...values: string[]) => ({ type: 'string', dims: [null], seen: values.map((value) => [value]) }) as const;
  const y = { dims: [null, 3], seen: PROBABILITIES, maker: 'LinearClassifier' } as const;
  const texts = (yaml: string, seen: ReturnType<typeof label | typeof text>, own: readonly string[] | null = null) => complete(yaml, { label: seen, y }, own).reading.labelTexts;
  const named = complete('labels: [setosa, versicolor, virginica]', { label: label(0, 2), y }, ['0', '1', '2']);
  t.match(named.reading, { labels: ['setosa', 'versicolor', 'virginica'], labelOutput: 'label', labelTexts: ['0', '1', '2'] });
  t.match(named.said, /labels: the classes that output label calls 0, 1, 2 have the names of metaerr.yaml, in this order/);
  t.strictSame(texts('labels: [a, b, c]', text('x', 'z'), ['x', 'y', 'z']), ['x', 'y', 'z']);
  t.strictSame(texts('labels: ["1", "2", "3"]', label(1, 2), ['0', '1', '2']), ['0', '1', '2'], 'the model says which is which');
  t.strictSame(texts('labels: [a, b, c]', label(0, 2)), ['0', '1', '2'], 'numbers that nothing names are indexes');
  t.equal(texts('labels: ["7", "8", "9"]', label(7, 9)), null, 'the label output answers the names');
  t.equal(texts('labels: [c, a, b]', text('a'), ['a', 'b', 'c']), null, 'the same names in another order');
  t.equal(texts('', label(0), ['0', '1', '2']), null);
  for (const unknown of [label(7, 9), text('x', 'z')]) {
    const { reading, said } = complete('labels: [a, b, c]', { label: unknown, y });
    t.equal(reading.labelTexts, null);
    t.match(said, /predictions carry what output label answers, and ground truths must use the same/);
  }
});

void t.test('scores and labels are compared under the names of the model', async (t) => {
  const raw = { dims: [null, 3], seen: [[5, -1, 2], [0, 3, 1]], maker: 'Add' } as const;
  const label = { type: 'int64', dims: [null], seen: [[0], [1]], maker: 'ArrayFeatureExtractor' } as const;
  t.match(complete('labels: [a, b, c]', { label, raw }, ['0', '1', '2']).reading, { output: 'raw', scores: 'logits', labels: ['a', 'b', 'c'], labelTexts: ['0', '1', '2'] });
});

void t.test('an integer output is the label only where something says so', async (t) => {
  const y = { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } as const;
  const count = (...values: number[]) => ({ type: 'int64', dims: [null], seen: values.map((value) => [value]) }) as const;
  t.equal(complete('', { y, steps: count(7, 9) }).reading.labelOutput, null);
  t.equal(complete('', { y, steps: count(7, 9) }, ['7', '8', '9']).reading.labelOutput, 'steps');
  t.equal(complete('', { y, class_id: count(7, 9) }).reading.labelOutput, 'class_id');
  t.equal(complete('', { y, class_id: count(1), prediction: count(2) }).reading.labelOutput, null);
  t.match(complete('', { y, class_id: count(1), label: count(2) }), { reading: { labelOutput: 'label' }, said: /label_output: label, the likeliest output of one integer a row, of class_id, label/ });
  t.equal(complete('', { y, path: { type: 'string', dims: [null], seen: [['001']] }, kind: { ...count(2), maker: 'TreeEnsembleClassifier' } }).reading.labelOutput, 'kind');
  t.equal(complete('label_output: steps', { y, steps: count(7, 9) }).reading.labelOutput, 'steps');
});

void t.test('a single score is binary when a sigmoid or a classifier makes it', async (t) => {
  const sigmoid = complete('', { y: { dims: [null, 1], seen: [[0.5], [0.9]], maker: 'Sigmoid' } });
  t.strictSame(sigmoid.reading, { ...CUSTOM, task: 'binary', output: 'y', scores: 'binary_probability', labels: ['0', '1'] });
  t.match(sigmoid.said, /task: binary, because Sigmoid makes output y/);
  t.match(complete('task: binary', { y: { dims: [null, 1], seen: [[0], [4]] } }).reading, { task: 'binary', scores: 'binary_logit' });
  t.match(complete('labels: [no, yes]', { y: { dims: [null, 1], seen: [[0], [1]] } }).reading, { task: 'binary', scores: 'binary_probability', labels: ['no', 'yes'] });
  t.match(complete('scores: binary_logit', { y: { dims: [null, 1], seen: [[0], [1]] } }).reading, { task: 'binary', scores: 'binary_logit' });
});

void t.test('one score a row that cannot be that of the second of two classes is not binary', async (t) => {
  const labels = (...seen: number[]) => ({ type: 'int64', dims: [null], seen: seen.map((value) => [value]), maker: 'ArrayFeatureExtractor' }) as const;
  const score = (...seen: number[]) => ({ dims: [null, 1], seen: seen.map((value) => [value]) }) as const;
  // IsolationForest: label -1 or 1 beside the score.
  t.match(complete('', { label: labels(-1, 1), scores: score(-0.1, 0.2) }), { reading: CUSTOM, said: /output label answered other labels than 0 and 1/ });
  t.match(complete('', { label: labels(0, 1), scores: score(-0.1, 0.2) }).reading, { task: 'binary', labelOutput: 'label' });
  t.match(complete('task: binary', { label: labels(-1, 1), scores: score(-0.1, 0.2) }).reading, { task: 'binary' });
  // skl2onnx with zipmap='columns': one output a class.
  const columns = { label: labels(7, 9), i7: score(0.4, 0.2), i9: score(0.6, 0.8) };
  t.match(complete('', columns, ['7', '9']), { reading: CUSTOM, said: /i7, i9 hold one number a row each/ });
  t.match(complete('output: i9', columns, ['7', '9']).reading, { task: 'binary', output: 'i9', labels: ['7', '9'], labelOutput: 'label' });
  t.match(complete('', { label: labels(3), y: score(0.4) }, ['3', '7', '9']), { reading: CUSTOM, said: /the model names 3 classes/ });
});

void t.test('binary with two scores is read as classes', async (t) => {
  t.match(complete('task: binary', { y: { dims: [null, 2], seen: [[0.4, 0.6]], maker: 'Softmax' } }).reading, { task: 'binary', scores: 'probabilities', labels: ['0', '1'] });
});

void t.test('a regression needs a tolerance; without one the model is custom', async (t) => {
  const outputs = { y: { dims: [null, 1], seen: [[-3], [40]], maker: 'Add' } } as const;
  const silent = complete('', outputs);
  t.strictSame(silent.reading, CUSTOM);
  t.match(silent.said, /looks like the value of a regression, but without a tolerance/);
  const given = complete('tolerance: {absolute: 2}', outputs);
  t.strictSame(given.reading, { ...CUSTOM, task: 'regression', output: 'y', tolerance: { absolute: 2, relative: 0 } });
  t.match(given.said, /task: regression, because metaerr.yaml gives a tolerance/);
  t.match(complete('task: regression\ntolerance: {relative: 0.1}', outputs), { reading: { task: 'regression' }, said: '' });
});

void t.test('one number in [0, 1] that no sigmoid makes is not guessed at', async (t) => {
  const { reading, said } = complete('', { y: { dims: [null, 1], seen: [[0.2], [0.9]], maker: 'Add' } });
  t.strictSame(reading, CUSTOM);
  t.match(said, /may be a probability or the value of a regression; set task/);
});

void t.test('outputs that no task fits are custom', async (t) => {
  const map = complete('', { y: { dims: [null, 3, 8, 8] } });
  t.strictSame(map.reading, CUSTOM);
  t.match(map.said, /task: custom, because no output holds one vector/);
  t.match(complete('', { y: { dims: [null, 5], seen: [[0.9, 0.8, 0.1, 0, 0]], maker: 'Sigmoid' } }), { reading: CUSTOM, said: /of which several may be true at once/ });
  t.match(complete('', { y: { dims: [null, 2], seen: [[5, -8]], maker: 'LinearRegressor' } }), { reading: CUSTOM, said: /2 values of a regression/ });
  t.strictSame(complete('task: custom', { y: { dims: [null, 3], seen: PROBABILITIES } }), { reading: CUSTOM, said: '' });
});

void t.test('of several outputs the usual name wins, else the first vector', async (t) => {
  const vector = { dims: [null, 3], seen: LOGITS };
  t.equal(complete('', { embedding: vector, logits: vector }).reading.output, 'logits');
  t.equal(complete('', { a: { dims: [null, 1], seen: [[0.5]] }, b: vector, c: vector }).reading.output, 'b');
  t.equal(complete('output: c', { b: vector, c: vector }).reading.output, 'c');
  t.match(complete('', { b: vector, c: vector }).said, /output: b, of b, c\./);
});

void t.test('an output without an entry for each row is never read, and asking for it is refused', async (t) => {
  const outputs = { map: { dims: [3] }, y: { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } } as const;
  t.equal(complete('', outputs).reading.output, 'y');
  t.throws(() => complete('output: map', outputs), { code: 'MODEL_UNAVAILABLE', message: /output: map is float32 \[3\]/ });
});

void t.test('outputs that are unlikely to be scores are read only when asked for', async (t) => {
  const vector = { dims: [null, 2], seen: [[0.4, 0.6]] } as const;
  const graph = { unlikely: new Set(['p_0', 'p_1']) };
  t.match(complete('', { p_0: vector, p_1: vector }, null, graph), { reading: CUSTOM, said: /task: custom, because no output holds one vector/ });
  t.match(complete('output: p_1', { p_0: vector, p_1: vector }, null, graph).reading, { task: 'classification', output: 'p_1' });
});

void t.test('a classifier that answers labels alone is a classification without scores', async (t) => {
  const label = { type: 'int64', dims: [null], seen: [[3], [7]], maker: 'TreeEnsembleClassifier' } as const;
  const { reading, said } = complete('', { label }, ['3', '7']);
  t.strictSame(reading, { ...CUSTOM, task: 'classification', labelOutput: 'label' });
  t.match(said, /task: classification without scores, because output label holds the label of each row/);
  t.strictSame(complete('task: binary', { label }).reading, { ...CUSTOM, task: 'binary', labelOutput: 'label' });
  t.strictSame(complete('task: custom', { label }).reading, CUSTOM);
  t.strictSame(complete('', { steps: { type: 'int64', dims: [null], seen: [[3]] } }).reading, CUSTOM, 'an integer that nothing calls a label');
  t.throws(() => complete('scores: logits', { label }), { code: 'MODEL_UNAVAILABLE', message: /scores: the model has no output of scores/ });
});

void t.test('labels may be integers of any size, or whole floating-point numbers in an output called label', async (t) => {
  const y = { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } as const;
  t.equal(complete('', { label: { type: 'uint8', dims: [null], seen: [[2]] }, y }).reading.labelOutput, 'label');
  t.equal(complete('', { label: { dims: [null, 1], seen: [[2], [0]] }, y }).reading.labelOutput, 'label');
  t.equal(complete('', { label: { dims: [null, 1], seen: [[2], [0.5]] }, y }).reading.labelOutput, null);
  t.equal(complete('', { value: { dims: [null, 1], seen: [[2], [0]] }, y }).reading.labelOutput, null);
});

void t.test('raw scores whose largest is not that of the answered label are given up', async (t) => {
  const label = (...values: number[]) => ({ type: 'int64', dims: [null], seen: values.map((value) => [value]) }) as const;
  const raw = { dims: [null, 3], seen: [[3, 1, 2], [5, 9, 7]] } as const;
  t.match(complete('', { label: label(0, 1), scores: raw }).reading, { task: 'classification', scores: 'logits', labelOutput: 'label' });
  const clusters = complete('', { label: label(1, 0), scores: raw });
  t.match(clusters, { reading: CUSTOM, said: /task: custom after all, because the label of output label is that of the smallest number of output scores/ });
  const votes = complete('', { label: label(2, 0), scores: raw });
  t.strictSame(votes.reading, { ...CUSTOM, task: 'classification', labelOutput: 'label' });
  t.match(votes.said, /scores: none after all, because the label of output label is not that of the largest number/);
  const pairs = { label: { ...label(1, 0), maker: 'SVMClassifier' }, scores: { ...raw, maker: 'SVMClassifier' } } as const;
  t.match(complete('', pairs).reading, { task: 'classification', scores: null }, 'a classifier is no clustering');
  t.match(complete('output: scores', { label: label(1, 0), scores: raw }).reading, { task: 'classification', scores: 'logits' }, 'metaerr.yaml has the last word');
  t.match(complete('', { label: label(0, 2), scores: { dims: [null, 3], seen: PROBABILITIES } }).reading, { scores: 'probabilities' }, 'calibrated probabilities may differ from the label');
  t.match(complete('', { label: label(0), scores: { dims: [null, 3], seen: [[5, 5, 1]] } }).reading, { scores: 'logits' }, 'a tie tells nothing');
});

void t.test('several labels a row are no classes', async (t) => {
  const scores = { dims: [null, 3], seen: [[0.5, 0.25, 0.25]] } as const;
  const labels = (...seen: number[]) => ({ type: 'int64', dims: [null, 3], seen: [seen] }) as const;
  t.match(complete('', { marks: labels(1, 0, 1), scores }), { reading: CUSTOM, said: /task: custom, because output marks holds 3 labels a row, of which several may be true at once/ });
  t.match(complete('', { order: labels(2, 0, 1), scores }).reading, { task: 'classification' }, 'the places of the classes in order are no labels');
});

void t.test('a converter of tables gives a classifier an output for its label, so a vector alone is none', async (t) => {
  const values = { dims: [null, 2], seen: [[5, -8]] } as const;
  const graph = { producer: 'skl2onnx' };
  t.match(complete('', { variable: values }, null, graph), { reading: CUSTOM, said: /task: custom, because output variable holds 2 numbers a row that are no probabilities, and skl2onnx/ });
  t.match(complete('', { variable: { dims: [null, 2], seen: [[0.5, 0.5]] } }, null, graph).reading, { task: 'classification' });
  t.match(complete('labels: [a, b]', { variable: values }, null, graph).reading, { task: 'classification', labels: ['a', 'b'] });
  t.match(complete('', { variable: values }, null, { producer: 'pytorch' }).reading, { task: 'classification' });
});

void t.test('class names in the metadata come after those in the graph', async (t) => {
  const y = { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } as const;
  const metadataLabels = { key: 'names', names: ['cat', 'dog', 'owl'] };
  const { reading, said } = complete('', { y }, null, { metadataLabels });
  t.strictSame(reading.labels, ['cat', 'dog', 'owl']);
  t.match(said, /labels: the 3 class names in the model's metadata, under the key names/);
  t.strictSame(complete('', { y }, ['a', 'b', 'c'], { metadataLabels }).reading.labels, ['a', 'b', 'c']);
  t.strictSame(complete('labels: [k, l, m]', { y }, null, { metadataLabels }).reading.labels, ['k', 'l', 'm']);
  t.match(complete('', { y: { ...y, dims: [null, 2], seen: [[0.5, 0.5]] } }, null, { metadataLabels }), { reading: { labels: ['0', '1'] }, said: /The model names 3 classes, which does not fit/ });
});

void t.test('an output that holds nothing a row is no score', async (t) => {
  t.strictSame(complete('', { y: { dims: [null, null], seen: [[]] } }).reading, CUSTOM);
});

void t.test('metaerr.yaml that contradicts the model is refused with the reason', async (t) => {
  const y = { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } as const;
  const refused = (yaml: string, message: RegExp, outputs: Record<string, SeenOutput> = { y }) => t.throws(() => complete(yaml, outputs), { code: 'MODEL_UNAVAILABLE', message });
  refused('output: z', /output: the model has no output z; it has y/);
  refused('label_output: z', /label_output: the model has no output z/);
  refused('label_output: y', /label_output: y must hold one text or integer a row/);
  refused('labels: [a, b]', /labels: expected 3 class names, one for every class of the model, got 2/);
  refused('task: binary\noutput: y', /output: y is float32 \[\?, 3\], expected one or two/);
  refused('tolerance: {absolute: 1}', /task: no output of the model holds one floating-point value/);
  refused('scores: binary_logit', /no output of the model holds one or two/);
  refused('scores: logits\ntask: binary', /scores: logits needs a score for every class a row, but output y holds 1/, { y: { dims: [null, 1], seen: [[0.5]] } });
  refused('task: classification', /labels: the number of classes of output y is not known/, { y: { dims: [null, null] } });
});

void t.test('class names in the model that do not fit are not used', async (t) => {
  const { reading, said } = complete('', { y: { dims: [null, 3], seen: PROBABILITIES, maker: 'Softmax' } }, ['a', 'b']);
  t.strictSame(reading.labels, ['0', '1', '2']);
  t.match(said, /The model names 2 classes, which does not fit/);
});
