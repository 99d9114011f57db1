import { gzipSync } from 'node:zlib';
import t from 'tap';
import { mapClasses } from '../../../bench/quality/own/class-map.js';
import { readOwnTable } from '../../../bench/quality/own/rows-file.js';
import { readOwnSettings } from '../../../bench/quality/own/settings-file.js';
import { splitOwn, testRowsOf } from '../../../bench/quality/own/own-split.js';
import { ownFolder } from './folder.js';

t.test('rows: the label may stand anywhere, cells may be quoted or empty', async (t) => {
  const text = '\uFEFFage,label,"x, y"\r\n1.5,"a ""b"", c",-2e1\r\n\r\n,d, 3 \r\nnan,"e\nf",4';
  for (const files of [{ 'rows.csv': text }, { 'rows.csv.gz': gzipSync(text) }]) {
    const table = await readOwnTable(ownFolder(t, files));
    t.same(table.columns, ['age', 'x, y']);
    t.same(table.labels, ['a "b", c', 'd', 'e\nf']);
    t.same([...table.values], [1.5, -20, NaN, 3, NaN, 4]);
    t.equal(table.rows, 3);
  }
});

t.test('rows: more than a block of them', async (t) => {
  const lines = Array.from({ length: 2500 }, (_, row) => `${row},c${row % 3},${-row}`);
  const { rows, values, labels } = await readOwnTable(ownFolder(t, { 'rows.csv': `a,label,b\n${lines.join('\n')}\n` }));
  t.equal(rows, 2500);
  t.ok(values.every((value, at) => value === (at % 2 === 0 ? at / 2 : -(at - 1) / 2)));
  t.equal(labels[2499], 'c0');
});

const ROWS_FAULTS: readonly (readonly [content: string, message: RegExp])[] = [
  ['', /^rows\.csv: is empty; expected a header and rows$/],
  ['a,b\n1,2', /^rows\.csv: column label: is missing; the header has a, b$/],
  ['label\nx', /^rows\.csv: expected columns of inputs beside label/],
  ['a,label,a\n1,x,2', /^rows\.csv: column a: stands in the header twice$/],
  ['a,label\n1,x\n2,x,3', /^rows\.csv: line 3: expected 2 cells as in the header, got 3$/],
  ['a,b,label\n1,1,x\ntwo,1,x', /^rows\.csv: line 3, column a: expected a number or nothing, got 'two'$/],
  ['a,label\n1,', /^rows\.csv: line 2, column label: expected the true class, got ''$/],
  ['a,label\n1,NaN', /^rows\.csv: line 2, column label: expected the true class, got 'NaN'$/],
  ['a,label\n1,x\n2,"y\n3,z', /^rows\.csv: line 3: a quote is never closed$/],
  ['a,label\n1,x\n2,y"z', /^rows\.csv: line 3: Invalid Opening Quote/],
  ['a,label\n1,"x\ny"\n2,x,3', /^rows\.csv: line 4: expected 2 cells/],
];

t.test('rows: a single column may be texts, which the model decides', async (t) => {
  const table = await readOwnTable(ownFolder(t, { 'rows.csv': 'a,label\n1,x\n"two, or so",y\nthree,y\n' }));
  t.same(table.texts, ['1', 'two, or so', 'three']);
  t.same([...table.values], [1, NaN, NaN]);
  t.match(table.notNumber, { message: /^rows\.csv: line 3, column a: expected a number or nothing, got 'two, or so'$/ });
  t.equal((await readOwnTable(ownFolder(t, { 'rows.csv': 'a,label\n1,x\n' }))).notNumber, null);
  t.equal((await readOwnTable(ownFolder(t, { 'rows.csv': 'a,b,label\n1,2,x\n' }))).texts, null);
});

t.test('rows: every fault names the line and the column', async (t) => {
  for (const [content, message] of ROWS_FAULTS) await t.rejects(readOwnTable(ownFolder(t, { 'rows.csv': content })), { message });
  await t.rejects(readOwnTable(ownFolder(t, {})), { message: /^rows\.csv: there is no such file in .*, nor rows\.csv\.gz$/ });
  await t.rejects(readOwnTable(ownFolder(t, { 'rows.csv': 'a,label', 'rows.csv.gz': '' })), { message: /^rows\.csv: rows\.csv\.gz lies beside it/ });
  await t.rejects(readOwnTable(ownFolder(t, { 'rows.csv.gz': 'a,label\n1,x' })), { message: /^rows\.csv\.gz: incorrect header check$/ });
});

t.test('own.json: optional, and closed', async (t) => {
  t.match(readOwnSettings(ownFolder(t, {})), { name: /^metaerr-own-/, baseRows: null });
  t.same(readOwnSettings(ownFolder(t, { 'own.json': '{"name": "churn, new", "base_rows": 2000}' })), { name: 'churn, new', baseRows: 2000 });
  const faults = [
    ['{"name": 1}', /^own\.json: name: expected .*, got 1$/],
    ['{"name": "a|b"}', /^own\.json: name: /],
    ['{"base_rows": 0}', /^own\.json: base_rows: expected .*, got 0$/],
    ['{"base_rows": "many"}', /^own\.json: base_rows: /],
    ['{"rows": 3}', /^own\.json: rows: no such field; expected name and base_rows$/],
    ['[1]', /^own\.json: expected an object/],
    ['{', /^own\.json: no valid JSON/],
  ] as const;
  for (const [content, message] of faults) t.throws(() => readOwnSettings(ownFolder(t, { 'own.json': content })), { message });
});

t.test('classes: the model\'s names, else the index, else the order of the texts', async (t) => {
  const truths = (labels: string[], names: string[]): number[] => labels.map((label) => mapClasses('rows.csv', labels, names).truthOf(label));
  t.same(truths(['b', 'a'], ['a', 'b', 'c']), [1, 0], 'names');
  t.same(truths(['2', '1'], ['1', '2', '3']), [1, 0], 'names that are numbers come before the index');
  t.same(truths(['2', '0'], ['0', '1', '2']), [2, 0], 'the index');
  t.same(truths(['2.0', '0.'], ['0', '1', '2']), [2, 0], 'the index, written with decimals');
  t.same(truths(['1', '0'], ['ham', 'spam']), [1, 0], 'the index of a model with names');
  t.same(truths(['10', '9', '-1'], ['0', '1', '2']), [2, 1, 0], 'numbers in their order');
  t.same(truths(['yes', 'no', 'yes'], ['0', '1']), [1, 0, 1], 'texts in their order');
});

t.test('classes: what the model answers is looked up among its own names', async (t) => {
  const map = mapClasses('rows.csv', ['1', '0'], ['ham', 'spam']);
  t.same([map.answerOf('spam'), map.answerOf('eggs')], [1, null]);
  t.equal(mapClasses('rows.csv', ['5', '7'], ['0', '1']).answerOf('7'), 1, 'without names among the texts of the rows');
});

t.test('classes: what fits nothing is refused', async (t) => {
  t.throws(() => mapClasses('rows.csv', ['ham', 'eggs'], ['ham', 'spam']), { message: /^rows\.csv: column label: 'eggs' is no class of the model; it has ham, spam$/ });
  t.throws(() => mapClasses('rows.csv', ['a', 'b'], ['0', '1', '2']), { message: /^rows\.csv: column label: expected integers from 0 to 2, or 3 different texts.*, got 2 such as 'a'/ });
  t.throws(() => mapClasses('rows.csv', ['0', '3'], ['0', '1', '2']), { message: /got 2 such as '3'/ });
});

t.test('test rows: 30 %, from 600 to 5,000, half of few rows; no row is on both sides', async (t) => {
  t.same([200, 1000, 1500, 4000, 100_000].map(testRowsOf), [100, 500, 600, 1200, 5000]);
  const { live, test } = splitOwn(1000, 3);
  t.equal(new Set([...live, ...test]).size, 1000);
  t.same(splitOwn(1000, 3), { live, test });
  t.notSame(splitOwn(1000, 4).test, test);
});
