import t from 'tap';
import { HASH_BUCKETS, fnv1a, hashStrings } from '../../src/meta/features/string-hash.js';
import { floats, info, plan, runFeatures } from '../support/feature-run.js';

t.test('FNV-1a gives the published values', async (t) => {
  t.equal(fnv1a(''), 0x811c9dc5);
  t.equal(fnv1a('a'), 0xe40c292c);
  t.equal(fnv1a('foobar'), 0xbf9cf968);
});

t.test('a text adds one signed count to its own row', async (t) => {
  // 0xe40c292c: highest bit set, so -1; 0x640c292c % 32 = 12.
  const hashed = hashStrings(['x', 'a'], 2);
  t.equal(hashed.length, 2 * HASH_BUCKETS);
  t.equal(hashed[HASH_BUCKETS + 12], -1);
  t.equal(hashed.slice(0, HASH_BUCKETS).filter((count) => count !== 0).length, 1);
  t.same(hashStrings(['a', 'a', 'a'], 1)[12], -3, 'a bag of values');
  t.same(hashStrings(['a', 'b'], 1), hashStrings(['b', 'a'], 1), 'in any order');
  t.equal(hashStrings(['a'], 1, 7).length, 7);
});

t.test('buckets and signs are evenly used', async (t) => {
  const rows = 6400;
  const hashed = hashStrings(Array.from({ length: rows }, (_, i) => `category ${i}`), rows);
  const uses = new Array<number>(HASH_BUCKETS).fill(0);
  hashed.forEach((count, i) => (uses[i % HASH_BUCKETS] = (uses[i % HASH_BUCKETS] ?? 0) + Math.abs(count)));
  t.ok(uses.every((count) => Math.abs(count - 200) < 5 * Math.sqrt(200)), 'each bucket takes about 200 of 6,400');
  t.ok(Math.abs(hashed.reduce((a, b) => a + b, 0)) < 5 * Math.sqrt(rows), 'as many +1 as -1');
});

t.test('the feature graph takes the hashed texts beside the numbers', async (t) => {
  const inputs = [info('age', 'float32', [null, 1]), info('city', 'string', [null, 1])];
  const cities = floats([2, 32], hashStrings(['Oslo', 'Rome'], 2));
  const run = await runFeatures(plan({ inputs }), { age: floats([2, 1], [30, 40]), metaerr_hash_1: cities });
  t.equal(run.layout.width, 33);
  t.same([...run.features], [30, ...cities.data.slice(0, 32), 40, ...cities.data.slice(32)]);
});
