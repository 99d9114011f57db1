import fc from 'fast-check';
import t from 'tap';
import { TEXT_LENGTHS, hashTexts } from '../../src/meta/features/text-hash.js';
import { floats, info, oneInput as one, plan, runFeatures } from '../support/feature-run.js';
import { agrees } from '../support/feature-reference.js';

const WIDTH = 256;
const BUCKETS = WIDTH - TEXT_LENGTHS;

/** The buckets of one text. */
const bucketsOf = (text: string): Float32Array => hashTexts([text], 1, WIDTH).subarray(0, BUCKETS);
const product = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, j) => sum + value * (b[j] ?? NaN), 0) / BUCKETS;
const likeness = (a: string, b: string): number => product(bucketsOf(a), bucketsOf(b));

t.test('texts are alike as far as their words are', async (t) => {
  const text = 'a refund of the payment that was charged twice';
  t.ok(agrees(likeness(text, text), 1, 1e-5), 'mean square 1');
  t.ok(likeness(text, 'the payment was charged twice, refund it') > 0.6);
  t.ok(likeness(text, 'payments charged twice are refunded') > likeness(text, 'which exchange rates do you offer abroad') + 0.2, 'by the letters of their words too');
  t.same(bucketsOf(text), bucketsOf('A REFUND, of the (payment) that was CHARGED -- twice!'), 'whatever the case and the punctuation');
  t.ok(likeness('überweisung fehlgeschlagen', 'ÜBERWEISUNG fehlgeschlagen!') > 0.999, 'in any script');
  t.ok(likeness('転送に失敗しました', '転送が失敗しました') > 0.4);
  t.ok(likeness('the of to it is on a refund', 'the of to it is on a passport') < 0.6, 'short words count little');
});

t.test('unlike words meet by chance only', async (t) => {
  let state = 7;
  const letter = (): string => String.fromCharCode(97 + Math.floor(((state = (state * 48_271) % 2_147_483_647) / 2_147_483_647) * 26));
  const words = Array.from({ length: 4000 }, () => Array.from({ length: 9 }, letter).join(''));
  const products = words.slice(1).map((word, i) => likeness(word, words[i] ?? ''));
  t.ok(Math.abs(products.reduce((a, b) => a + b, 0) / products.length) < 0.03);
  t.ok(Math.sqrt(products.reduce((a, b) => a + b * b, 0) / products.length) < 0.12, 'by about one over the root of the number of buckets');
  const all = hashTexts(words, words.length, WIDTH);
  const uses = Array.from({ length: BUCKETS }, (_, j) => words.reduce((sum, _word, row) => sum + Math.abs(all[row * WIDTH + j] ?? NaN), 0));
  const mean = uses.reduce((a, b) => a + b, 0) / BUCKETS;
  t.ok(uses.every((use) => use > mean / 3 && use < 3 * mean), 'every bucket is used');
});

t.test('the last two numbers are the logarithms of the numbers of words and characters', async (t) => {
  const hashed = hashTexts(['two words', ''], 2, WIDTH);
  t.ok(agrees(hashed[BUCKETS], 0.3 * Math.log(3), 1e-5));
  t.ok(agrees(hashed[BUCKETS + 1], 0.3 * Math.log(10), 1e-5));
  t.same([...hashed.subarray(WIDTH)], new Array(WIDTH).fill(0), 'no text, no numbers');
  t.same(hashTexts(['some', 'words'], 1, WIDTH).subarray(0, BUCKETS), bucketsOf('some words'), 'several texts of a row are one');
  t.same(bucketsOf(`start ${'x'.repeat(5000)} end`), bucketsOf(`start ${'x'.repeat(5000)} other`), 'what comes late is not read');
});

t.test('any text gives finite numbers, each row its own', async () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 16, max: 300 }), (texts, width) => {
      const together = hashTexts(texts, texts.length, width);
      return together.every(Number.isFinite) && texts.every((text, row) => hashTexts([text], 1, width).every((value, j) => value === together[row * width + j]));
    }),
  );
});

t.test('free texts take what room there is, categories 32 numbers', async (t) => {
  const texts = new Set(['text']);
  t.match(one('string', [null, 1], { texts: new Set(['x']) }), { method: 'text', width: 256 });
  t.match(one('string', [null, 1], { texts: new Set(['x']), maxWidth: 12 }), { method: 'hash', width: 12 }, 'no words where there is no room for them');
  t.match(one('string', [null, 1]), { method: 'hash', width: 32 });
  const inputs = [info('age', 'float32', [null, 1]), info('text', 'string', [null, 1]), info('city', 'string', [null, 1])];
  const run = await runFeatures(plan({ inputs, texts }), {
    age: floats([1, 1], [30]), metaerr_hash_1: floats([1, 223], hashTexts(['hello'], 1, 223)), metaerr_hash_2: floats([1, 32], new Float32Array(32)),
  });
  t.equal(run.layout.width, 256);
  t.same([...run.features.subarray(1, 224)], [...hashTexts(['hello'], 1, 223)]);
});
