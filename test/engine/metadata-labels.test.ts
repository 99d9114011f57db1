import t from 'tap';
import { metadataLabelsOf } from '../../src/engine/onnx/metadata-labels.js';

const namesOf = (text: string, key = 'names') => metadataLabelsOf(new Map([[key, text]]))?.names ?? null;

t.test('class names in every form that exporters write', async (t) => {
  const forms = {
    'dictionary of Python, as Ultralytics writes it': "{0: 'cat', 1: 'dog', 2: 'owl'}",
    'out of order': "{2: 'owl', 0: 'cat', 1: 'dog'}",
    'dictionary of JSON': '{"0": "cat", "1": "dog", "2": "owl"}',
    'from name to index': '{"cat": 0, "owl": 2, "dog": 1}',
    'list of Python': "['cat', 'dog', 'owl']",
    'list of JSON': '["cat","dog","owl"]',
    'tuple with a comma at its end': "('cat', 'dog', 'owl',)",
    'lines': 'cat\ndog\r\nowl\n',
    'commas': 'cat, dog,owl',
  };
  for (const [form, text] of Object.entries(forms)) t.same(namesOf(text), ['cat', 'dog', 'owl'], form);
});

t.test('texts with marks and escapes', async (t) => {
  t.same(namesOf(`['it\\'s', "a, b", 'caf\\u00e9', 'x: {y}']`), ["it's", 'a, b', 'café', 'x: {y}']);
  t.same(namesOf('[-1, 1]'), ['-1', '1'], 'numbers are names too');
});

t.test('what is no list of names is not taken for one', async (t) => {
  for (const text of ['', '{}', '[]', "['one']", "{0: 'a', 2: 'b'}", "{'a': 'b', 'c': 'd'}", '[[1, 2], [3, 4]]', '{"a": {"b": 1}}', "['open, 'x']", '{0: ', "{0: 'a' 1: 'b'}"]) {
    t.equal(namesOf(text), null, text);
  }
  t.equal(namesOf(`['${'x'.repeat(1_000_001)}', 'y']`), null, 'too long');
  t.equal(namesOf("['a', 'b']", 'author'), null, 'under another key');
});

t.test('the usual key wins, whatever its case', async (t) => {
  t.same(metadataLabelsOf(new Map([['labels', 'a,b'], ['Names', 'c,d']])), { key: 'Names', names: ['c', 'd'] });
  t.same(metadataLabelsOf(new Map([['names', '{}'], ['id2label', '{"0": "c", "1": "d"}']])), { key: 'id2label', names: ['c', 'd'] }, 'where it says something');
});
