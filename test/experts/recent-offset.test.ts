import t from 'tap';
import { recentOffset, type RecentRows } from '../../src/meta/linear/recent-offset.js';
import { sigmoid } from '../../src/meta/linear/numerics.js';
import { createRandom } from '../../src/meta/training/random.js';

interface Stream {
  readonly rows: number;
  readonly seed: number;
  /** From the newest 500 rows on: what their failure logits are short of, and how far their sign has moved. */
  readonly short: number;
  readonly moved: number;
}

function stream({ rows, seed, short, moved }: Stream): RecentRows {
  const random = createRandom(seed, 3);
  const isNew = (row: number) => row >= rows - 500;
  const logits = Float64Array.from({ length: rows }, () => random.normal() - 1);
  const failures = Uint8Array.from(logits, (z, row) => (random.uniform() < sigmoid(z + (isNew(row) ? short : 0)) ? 1 : 0));
  const sign = Float64Array.from({ length: rows }, (_, row) => random.normal() + (isNew(row) ? moved : 0));
  return { logits, failures, weights: null, signs: [sign] };
}

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
const offsets = (of: Omit<Stream, 'seed'>) => seeds.map((seed) => recentOffset(stream({ ...of, seed })));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

t.test('without a shift there is no offset', (t) => {
  t.ok(offsets({ rows: 1500, short: 0, moved: 0 }).filter((offset) => offset !== 0).length <= 2, '2 chances in 1,000 for each of 60 streams');
  t.end();
});

t.test('after a shift that the signs show, the offset is what the logits are short of', (t) => {
  for (const short of [-0.6, 0, 0.6]) {
    const found = offsets({ rows: 1500, short, moved: 0.5 });
    t.ok(found.every((offset) => offset !== 0));
    t.ok(Math.abs(mean(found) - short) < 0.06, `${mean(found)} for ${short}`);
  }
  t.end();
});

t.test('a large enough difference of the failures alone is a shift', (t) => {
  t.ok(offsets({ rows: 3000, short: 1, moved: 0 }).every((offset) => offset > 0.5));
  t.end();
});

t.test('under 1,000 rows there are no older ones to be compared with', (t) => {
  t.equal(recentOffset(stream({ rows: 999, seed: 1, short: 2, moved: 2 })), 0);
  t.not(recentOffset(stream({ rows: 1000, seed: 1, short: 2, moved: 2 })), 0);
  t.end();
});

t.test('the optimum by hand, and weights as repeated rows', (t) => {
  const { logits, failures, signs } = stream({ rows: 1000, seed: 4, short: 0.5, moved: 1 });
  const offset = recentOffset({ logits, failures, weights: null, signs });
  const gradient = logits.subarray(500).reduce((sum, z, i) => sum + sigmoid(z + offset) - failures[500 + i]!, 4 * offset);
  t.ok(Math.abs(gradient) < 1e-6);
  t.ok(Math.abs(recentOffset({ logits, failures, weights: new Float64Array(1000).fill(1), signs }) - offset) < 1e-12);
  const halves = recentOffset({ logits, failures, weights: new Float64Array(1000).fill(0.5), signs });
  t.ok(halves > 0 && halves < offset, 'half the evidence is pulled to 0 more');
  t.end();
});
