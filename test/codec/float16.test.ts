import fc from 'fast-check';
import t from 'tap';
import { decodeFloat16, encodeFloat16 } from '../../src/inference/codec/float16.js';

t.test('known patterns', async (t) => {
  const known: [number, number][] = [[0, 0], [-0, 0x8000], [1, 0x3c00], [-2, 0xc000], [65504, 0x7bff], [2 ** -14, 0x0400], [2 ** -24, 0x0001], [1023 * 2 ** -24, 0x03ff], [Infinity, 0x7c00], [1 / 3, 0x3555]];
  for (const [value, bits] of known) t.equal(encodeFloat16(value), bits, String(value));
  t.equal(decodeFloat16(0x3555), 0.333251953125);
  t.ok(Number.isNaN(decodeFloat16(encodeFloat16(NaN))));
  t.equal(encodeFloat16(65520), 0x7c00, 'rounds to infinity');
});

t.test('every pattern comes back', async (t) => {
  for (let bits = 0; bits < 65_536; bits++) {
    const value = decodeFloat16(bits);
    if (!Number.isNaN(value) && encodeFloat16(value) !== bits) t.fail(`pattern ${bits}`);
  }
});

t.test('the nearest float16 is taken, ties to the even one', async () => {
  fc.assert(
    fc.property(fc.double({ min: -65519, max: 65519, noNaN: true }), (value) => {
      const bits = encodeFloat16(value);
      const error = Math.abs(decodeFloat16(bits) - value);
      const magnitude = bits & 0x7fff;
      const neighbours = [magnitude - 1, magnitude + 1].filter((each) => each >= 0 && each < 0x7c00).map((each) => Math.abs(decodeFloat16(each) - Math.abs(value)));
      return neighbours.every((other) => error < other || (error === other && bits % 2 === 0));
    }),
    { numRuns: 2000 },
  );
});
