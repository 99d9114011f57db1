import fc from 'fast-check';
import t from 'tap';
import { readLines, type LineLimits, type TextLine } from '../../src/routes/ndjson-lines.js';

const LIMITS: LineLimits = { lineBytes: 8, chunkLines: 3, chunkBytes: 1_000 };

async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield bytes.subarray(start, Math.min(cut, bytes.length));
    start = Math.min(cut, bytes.length);
  }
  yield bytes.subarray(start);
}

async function chunksOf(bytes: Buffer | string, cuts: readonly number[] = [], limits = LIMITS): Promise<(readonly TextLine[])[]> {
  const chunks: (readonly TextLine[])[] = [];
  for await (const chunk of readLines(pieces(Buffer.from(bytes), cuts), limits)) chunks.push(chunk);
  return chunks;
}

t.test('lines keep their numbers, blank ones are left out, the last needs no end', async (t) => {
  t.same(await chunksOf('a\r\n\n \t\nb\nc'), [[{ line: 1, text: 'a\r' }, { line: 4, text: 'b' }, { line: 5, text: 'c' }]]);
  t.same(await chunksOf('a\n'), [[{ line: 1, text: 'a' }]]);
  t.same(await chunksOf('\n\n'), []);
  t.same(await chunksOf(''), []);
});

t.test('a line that is too long or no UTF-8 is told, and the next one is read', async (t) => {
  const bytes = Buffer.concat([Buffer.from('12345678\n123456789\n'), Buffer.of(0x61, 0xff, 0x0a), Buffer.from('é\n')]);
  for (const cuts of [[], [12], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]]) {
    t.same(await chunksOf(bytes, cuts), [
      [{ line: 1, text: '12345678' }, { line: 2, fault: 'the line is longer than 8 bytes' }, { line: 3, fault: 'the line is not UTF-8' }],
      [{ line: 4, text: 'é' }],
    ]);
  }
});

t.test('a byte order mark before the first line is none of it, however the bytes are cut', async (t) => {
  for (const cuts of [[], [1], [2], [3], [1, 2, 3, 4]]) {
    t.same(await chunksOf('\ufeff12345678\nb', cuts), [[{ line: 1, text: '12345678' }, { line: 2, text: 'b' }]], `cut at ${cuts.join(', ')}`);
    t.same(await chunksOf('\ufeff\nb', cuts), [[{ line: 2, text: 'b' }]], 'alone it is a blank line');
    t.same(await chunksOf('a\n\ufeffb', cuts), [[{ line: 1, text: 'a' }, { line: 2, text: '\ufeffb' }]], 'elsewhere it is a letter');
  }
  t.same(await chunksOf('\ufeff'), []);
  t.same(await chunksOf(Buffer.of(0xef, 0xbb)), [[{ line: 1, fault: 'the line is not UTF-8' }]], 'a part of one is none');
});

t.test('a chunk ends by its lines or its bytes', async (t) => {
  const sizes = async (limits: Partial<LineLimits>) => (await chunksOf('aaaa\nbbbb\ncccc\ndddd\n', [], { ...LIMITS, ...limits })).map((chunk) => chunk.length);
  t.same(await sizes({}), [3, 1]);
  t.same(await sizes({ chunkBytes: 8 }), [2, 2]);
});

t.test('an endless line is not kept', async (t) => {
  const block = Buffer.alloc(1 << 20, 0x61);
  async function* endless(): AsyncGenerator<Buffer> {
    for (let i = 0; i < 300; i++) yield block;
    yield Buffer.from('\nok\n');
  }
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const bytes of endless()) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      yield Buffer.from(bytes);
    }
  }
  const lines: TextLine[] = [];
  for await (const chunk of readLines(watched(), { lineBytes: 65_536, chunkLines: 10, chunkBytes: 1e6 })) lines.push(...chunk);
  t.same(lines, [{ line: 1, fault: 'the line is longer than 65536 bytes' }, { line: 2, text: 'ok' }]);
  t.ok(most < 200 << 20, `${most >> 20} MiB at most`);
});

t.test('wherever the bytes are cut, the lines are those of the whole text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', ' ', 'ä🐸')), { maxLength: 12 }),
      fc.array(fc.nat(80), { maxLength: 10 }),
      async (texts, cuts) => {
        const lines = texts.map((text) => text.replaceAll('\n', ''));
        const expected = lines.flatMap((text, i): TextLine[] => {
          if (Buffer.byteLength(text) > 8) return [{ line: i + 1, fault: 'the line is longer than 8 bytes' }];
          return text.trim() === '' ? [] : [{ line: i + 1, text }];
        });
        const found = (await chunksOf(lines.join('\n'), cuts)).flat();
        if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${JSON.stringify(found)} for ${JSON.stringify(lines)}`);
      },
    ),
  );
});
