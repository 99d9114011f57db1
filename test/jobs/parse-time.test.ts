import t from 'tap';
import fc from 'fast-check';
import { isoTime } from '../../src/core/clock.js';
import { parseIsoTime } from '../../src/jobs/parse-time.js';

await t.test('reads what toISOString writes, and any offset', (t) => {
  const moments = fc.integer({ min: Date.UTC(0, 0, 1), max: Date.UTC(9998, 0, 1) });
  const offsets = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });
  fc.assert(
    fc.property(moments, offsets, fc.boolean(), (moment, offset, colon) => {
      const minutes = Math.abs(offset);
      const two = (value: number) => String(value).padStart(2, '0');
      const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon ? ':' : ''}${two(minutes % 60)}`;
      const local = isoTime(moment + offset * 60_000).replace('Z', zone);
      return parseIsoTime(isoTime(moment)) === moment && (local.length > 30 || parseIsoTime(local) === moment);
    }),
  );
  t.end();
});

await t.test('shorter and longer forms', (t) => {
  const noon = Date.UTC(2026, 6, 1, 12);
  t.equal(parseIsoTime('2026-07-01T12:00Z'), noon);
  t.equal(parseIsoTime('2026-07-01T12:00:00Z'), noon);
  t.equal(parseIsoTime('2026-07-01T12:00:00,5Z'), noon + 500);
  t.equal(parseIsoTime('2026-07-01T12:00:00.123456789Z'), noon + 123);
  t.equal(parseIsoTime('2024-02-29T00:00:00Z'), Date.UTC(2024, 1, 29));
  t.equal(parseIsoTime('0050-01-01T00:00:00Z'), new Date('0050-01-01T00:00:00Z').getTime());
  t.end();
});

await t.test('refuses what is no moment', (t) => {
  const wrong = [
    '', 'now', '1767225600000', '2026-07-01', '2026-07-01T12:00:00', '2026-07-01 12:00:00Z', '2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z', '2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+01:60', ' 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z\n',
    '2026-01-01T00:00:00.Z', '2026-01-01T00:00:00z', '+02026-01-01T00:00:00Z',
  ];
  for (const text of wrong) t.equal(parseIsoTime(text), null, JSON.stringify(text));
  t.end();
});
