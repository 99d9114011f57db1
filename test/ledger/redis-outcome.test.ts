import fc from 'fast-check';
import t from 'tap';
import type { GroundTruthKind } from '../../src/ledger/ledger.js';
import { KINDS } from '../../src/ledger/codes.js';
import { isFailure, outranks, type Truth } from '../../src/ledger/outcome.js';
import { LUA_BASE } from '../../src/ledger/redis/lua/base.js';
import { LUA_OUTCOME } from '../../src/ledger/redis/lua/outcome.js';
import { connectedClient } from '../support/redis-clients.js';
import { startRedis } from '../support/redis-server.js';

const server = await startRedis(t);
const client = await connectedClient(t, server.url);

const number = fc.oneof(
  fc.double().map(String),
  fc.integer().map(String),
  fc.constantFrom('', ' ', ' 1.5 ', '+2', '-0', '.5', '5.', '1e3', '1E+3', '1e', 'e5', '.', '0x1F', '0X1f', '-0x1', '0x', '0b101', '0b2', '0o17', '0x1p4', '1.0.0', '1_000', 'Infinity', '-Infinity', '+Infinity',
    'infinity', 'inf', 'nan', 'NaN', '1e400', '-1e400', '4.9e-324', '0.1', '١', '1 2', '1,5', '00012', '9007199254740993'),
);
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a', 'B', 'ä', 'Z', 'ａ', '\u{10000}', '\uffff', 'a b', '9', '10', 'true', 'false'));

t.test('outcomes in Lua are those of the other adapter: failures of values', async (t) => {
  const script = client.script(`${LUA_BASE}${LUA_OUTCOME}
    local value, tolerance = unpackStruct('<dd', ARGV[1])
    return isFailure({value = value, tolerance = tolerance}, {kind = VALUE, value = ARGV[2]}) and 1 or 0`);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.double(), fc.constantFrom(1.5, 1000, 31, 5, 0, Infinity, 12)), fc.oneof(fc.constantFrom(0, 0.5, Infinity, NaN), fc.double({ min: 0 })), number, async (value, tolerance, value2) => {
      const predicted = Buffer.from(Float64Array.of(value, tolerance).buffer);
      const mine = await script(['k'], [predicted, value2]);
      return mine === (isFailure({ label: null, value, tolerance }, { kind: 'value', value: value2, observedAt: 0 }) ? 1 : 0);
    }),
    { numRuns: 1_500 },
  );
  // A tolerance of 0 shows the number itself.
  for (const [given, value] of [['0x1F', 31], [' 1.5 ', 1.5], ['0b101', 5], ['', 0], ['-Infinity', -Infinity], ['1e3', 1_000], ['0.1', 0.1], ['0o17', 15]] as const) {
    t.equal(await script(['k'], [Buffer.from(Float64Array.of(value, 0).buffer), given]), value === -Infinity ? 1 : 0, given);
  }
});

t.test('outcomes in Lua: which of two counts, by bytes', async () => {
  const script = client.script(`${LUA_BASE}${LUA_OUTCOME}
    local a, b = {kind = tonumber(ARGV[1]), value = ARGV[2], observedAt = tonumber(ARGV[3])}, {kind = tonumber(ARGV[4]), value = ARGV[5], observedAt = tonumber(ARGV[6])}
    return {outranks(a, b) and 1 or 0, sameTruth(a, b) and 1 or 0}`);
  const truth = fc.record({ kind: fc.constantFrom<GroundTruthKind>('label', 'value', 'correct'), value: text, observedAt: fc.constantFrom(1, 1, 1.5, 2) });
  const said = ({ kind, value, observedAt }: Truth) => [KINDS.indexOf(kind), value, observedAt];
  await fc.assert(
    fc.asyncProperty(truth, truth, async (a, b) => {
      const same = a.kind === b.kind && Buffer.from(a.value).equals(Buffer.from(b.value));
      const [ranks, equal] = (await script(['k'], [...said(a), ...said(b)])) as [number, number];
      return ranks === (outranks(a, b) ? 1 : 0) && equal === (same ? 1 : 0);
    }),
    { numRuns: 1_500 },
  );
});
