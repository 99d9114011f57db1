import t from 'tap';
import { parseModelFile } from '../../src/inference/config/file-parser.js';
import { readModelSettings } from '../../src/inference/config/folder-reader.js';
import { modelConfigurationMarkdown } from '../../src/inference/config/markdown.js';
import { temporaryFolder } from '../support/repository-fixture.js';

void t.test('an empty file gives the defaults', async (t) => {
  for (const text of ['', '# nothing\n', '{}']) {
    const { file } = parseModelFile(text);
    t.match(file, {
      features: { max_width: 256, store_inputs: 'auto' },
      batching: { max_rows: 32, max_delay_microseconds: 500, max_queue_rows: 4096, timeout_milliseconds: 30_000 },
      instances: 1,
      execution_providers: ['cpu'],
      review_threshold: 0.5,
      retraining: { automatic: true, new_ground_truths: 200, growth: 0.25, schedule: null, label_maturity_seconds: 0, max_rows: 30_000, max_stored_rows: 10_000, max_unlabelled_rows: 5_000, min_unlabelled_rows: 200, timeout_seconds: 600, seed: 1 },
      retention: { days: 90, max_rows: 1_000_000, inputs_days: 14, pending_days: 7 },
    });
    t.notOk(file !== null && 'task' in file);
  }
});

void t.test('a part of a section keeps the other defaults', async (t) => {
  t.match(parseModelFile('batching: {max_rows: 8}').file?.batching, { max_rows: 8, max_delay_microseconds: 500 });
});

void t.test('unlabelled rows can be left alone, and are bounded', async (t) => {
  t.equal(parseModelFile('retraining: {max_unlabelled_rows: 0}').file?.retraining.max_unlabelled_rows, 0);
  t.match(parseModelFile('retraining: {max_unlabelled_rows: 100001}').faults, [/^retraining\.max_unlabelled_rows.*100000/]);
});

void t.test('a picture has both sides or none', async (t) => {
  t.same(parseModelFile('pictures: {height: 8}').faults, ['pictures: height and width must be given together']);
  t.match(parseModelFile('pictures: {height: 8, width: 8}').file?.pictures, { show: 'auto', channels: 1, order: 'CHW' });
});

void t.test('pictures are features unless they are switched off', async (t) => {
  t.equal(parseModelFile('').file?.features.pictures, 'auto');
  t.equal(parseModelFile('features: {pictures: none}').file?.features.pictures, 'none');
  t.match(parseModelFile('features: {pictures: 28}').faults, [/^features\.pictures: must be one of auto, none, got 28/]);
});

void t.test('all faults come at once, each with its path', async (t) => {
  const text = `
task: clasification
zzz: 1
batching: {max_rows: 0, max_delay: 5}
features: {max_width: 1.5}
labels: [1]
execution_providers: [gpu, cpu, cpu]
instances: "2"
retention: 4
review_threshold: 2
version: 0
`;
  const { faults } = parseModelFile(text);
  t.strictSame([...faults].sort(), [
    'batching.max_delay: is not a key of metaerr.yaml',
    'batching.max_rows: must be at least 1, got 0',
    'execution_providers: must not repeat an entry, got ["gpu","cpu","cpu"]',
    'execution_providers[0]: must be one of cpu, cuda, got "gpu"',
    'features.max_width: must be of type integer, got 1.5',
    'instances: must be of type integer, got "2"',
    'labels: must have at least 2 entries, got [1]',
    'retention: must be of type object, got 4',
    'review_threshold: must be at most 1, got 2',
    'task: must be one of classification, binary, regression, custom, got "clasification"',
    'version: must be at least 1, got 0',
    'zzz: is not a key of metaerr.yaml',
  ]);
});

void t.test('keys that contradict each other are faults', async (t) => {
  const faultsOf = (text: string) => parseModelFile(text).faults.join('\n');
  t.match(faultsOf('task: regression'), /^tolerance: is required for task regression/);
  t.match(faultsOf('task: binary\ntolerance: {absolute: 1}'), /tolerance: has no meaning for task binary/);
  t.match(faultsOf('tolerance: {}'), /absolute or relative must be above 0/);
  t.match(faultsOf('task: custom\nscores: logits\nlabels: [a, b]\noutput: y'), /scores: has no meaning[^]*labels: has no meaning[^]*output: has no meaning/);
  t.match(faultsOf('task: classification\nscores: binary_logit'), /scores: binary_logit is a single score, which is task binary/);
  t.match(faultsOf('scores: binary_logit\nlabels: [a, b, c]'), /labels: must have 2 entries/);
  t.match(faultsOf('risk_policy: {target_risk: 0.02, review_budget: 0.1}'), /^risk_policy: target_risk and review_budget cannot both be given/);
  t.match(faultsOf('risk_policy: {}'), /^risk_policy: target_risk or review_budget is required/);
  t.match(faultsOf('risk_policy: {review_budget: 0.1, confidence: 0.9}'), /^risk_policy.confidence: belongs to risk_policy.target_risk/);
  t.match(faultsOf('risk_policy: {target_risk: 0.02}\nreview_threshold: 0.5'), /^review_threshold: cannot be given together with risk_policy/);
  t.match(faultsOf('risk_policy: {target_risk: 2, confidence: 1}'), /risk_policy.target_risk: must be at most 0.5, got 2[^]*risk_policy.confidence: must be at most 0.9999, got 1/);
  t.match(faultsOf('batching: {max_rows: 5000}'), /batching.max_queue_rows: must be at least batching.max_rows \(5000\), got 4096/);
});

void t.test('text that is no YAML, or no mapping, is a fault with its line', async (t) => {
  t.match(parseModelFile('a: [\nb: 1').faults.join(), /YAML: .* at line 2/);
  t.match(parseModelFile('task: binary\ntask: custom').faults.join(), /YAML: .*unique.* at line 2/);
  t.match(parseModelFile('- a').faults.join(), /the document: must be of type object/);
  t.match(parseModelFile(`a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c]`).faults.join(), /alias/i);
});

void t.test('labels are read from a file in the folder', async (t) => {
  const folder = await temporaryFolder(t, { 'metaerr.yaml': 'labels: names.txt', 'names.txt': '\uFEFFcat\r\n dog \r\nowl\r\n\r\n' });
  t.strictSame((await readModelSettings(folder)).labels, ['cat', 'dog', 'owl']);
});

void t.test('a list of labels may hold integers', async (t) => {
  const folder = await temporaryFolder(t, { 'metaerr.yaml': 'labels: [0, seven, true]' });
  t.strictSame((await readModelSettings(folder)).labels, ['0', 'seven', 'true']);
});

void t.test('a folder without the file has the defaults', async (t) => {
  t.match(await readModelSettings(await temporaryFolder(t)), { labels: null, instances: 1 });
});

void t.test('a bad file of labels is a fault', async (t) => {
  const settings = async (labels: string, text = 'a\nb') => readModelSettings(await temporaryFolder(t, { 'metaerr.yaml': `labels: ${labels}`, 'names.txt': text }));
  await t.rejects(settings('missing.txt'), { code: 'MODEL_UNAVAILABLE', message: /labels: the file missing.txt does not exist/ });
  await t.rejects(settings('../names.txt'), { message: /labels: must be the name of a file in the folder/ });
  await t.rejects(settings('names.txt', 'a\n\nb'), { message: /labels: line 2 of names.txt is empty/ });
});

void t.test('files in another encoding than UTF-8 are a fault, not other letters', async (t) => {
  const settings = async (files: Readonly<Record<string, string | Buffer>>) => readModelSettings(await temporaryFolder(t, files));
  const names = 'Käse\nBrot\n';
  for (const encoding of ['latin1', 'utf16le'] as const) {
    const bytes = encoding === 'latin1' ? Buffer.from(names, encoding) : Buffer.from(`\uFEFF${names}`, encoding);
    await t.rejects(settings({ 'metaerr.yaml': 'labels: names.txt', 'names.txt': bytes }), { code: 'MODEL_UNAVAILABLE', message: /names.txt must be text in UTF-8/ }, encoding);
  }
  await t.rejects(settings({ 'metaerr.yaml': Buffer.from('labels: [Käse, Brot]', 'latin1') }), { message: /metaerr.yaml must be text in UTF-8/ });
  t.strictSame((await settings({ 'metaerr.yaml': 'labels: names.txt', 'names.txt': names })).labels, ['Käse', 'Brot']);
});

void t.test('a label that YAML has rounded is a fault', async (t) => {
  const labels = async (list: string) => (await readModelSettings(await temporaryFolder(t, { 'metaerr.yaml': `labels: ${list}` }))).labels;
  await t.rejects(labels('[1, 12345678901234567890]'), { code: 'MODEL_UNAVAILABLE', message: /labels\[1\]: a number beyond 2\^53 - 1 does not keep its digits; put it in quotes/ });
  t.strictSame(await labels('[9007199254740991, "12345678901234567890", 0.5]'), ['9007199254740991', '12345678901234567890', '0.5']);
});

void t.test('a schedule is a cron expression of five fields that has a next time', async (t) => {
  const parse = (schedule: string) => parseModelFile(`retraining:\n  schedule: ${schedule}\n`);
  for (const schedule of ['0 3 * * *', '*/15 8-17 * * mon-fri', '0 0 29 2 *', '30 2 L * *', '0 3 * * THU']) {
    t.match(parse(JSON.stringify(schedule)).file, { retraining: { schedule } });
  }
  t.match(parse('null').file, { retraining: { schedule: null } });
  for (const schedule of ['', 'nightly', '@daily', '* * * *', '0 0 3 * * *', '60 * * * *', '0 0 31 2 *', 'H 3 * * *', '*/0 * * * *']) {
    const { faults } = parse(JSON.stringify(schedule));
    t.equal(faults.length, 1);
    t.match(faults[0], /^retraining\.schedule: must be a cron expression of five fields .*, got ".*": ./, schedule);
  }
  t.match(parse('3').faults, [/^retraining\.schedule: must be of type string or null, got 3/]);
});

void t.test('the page names every key with its default', async (t) => {
  const page = modelConfigurationMarkdown();
  t.match(page, /\| `batching.max_rows` \| integer >= 1, <= 65536 \| `32` \|/);
  t.match(page, /\| `tolerance.absolute` \|/);
  t.notMatch(page, /undefined|\[object/);
});
