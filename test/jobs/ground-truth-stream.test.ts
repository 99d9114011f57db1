import t from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import type { GroundTruthInput, GroundTruthLine } from '../../src/jobs/contracts.js';
import { submitStream } from '../../src/jobs/ground-truth-stream.js';
import { UnknownLabelTally } from '../../src/jobs/unknown-labels.js';

const item = (label: string): GroundTruthInput => ({ prediction_id: 'x', label });
const said = (line: number, label = 'a'): GroundTruthLine => ({ line, item: item(label) });
const NONE = { total: 0, examples: [] };
const fault = (line: number): GroundTruthLine => ({ line, fault: 'no JSON' });

/** Answers every item as its label says, and fails at the label 'full'. */
function target() {
  const chunks: number[] = [];
  let faults = 0;
  return {
    chunks,
    faults: () => faults,
    countFaults: (more: number) => void (faults += more),
    async submit(items: readonly GroundTruthInput[]) {
      chunks.push(items.length);
      if (items.some(({ label }) => label === 'full')) throw new MetaErrError('LEDGER_UNAVAILABLE', 'the disk is full', { retryAfterSeconds: 5 });
      return items.map(({ label }) => (label === 'A' || label === 'x'.repeat(101) ? ({ status: 'matched', unknown_label: true } as const) : label === 'bad' ? ({ status: 'invalid', reason: 'unknown_model' } as const) : ({ status: 'matched' } as const)));
    },
  };
}

async function* source(...chunks: readonly (readonly GroundTruthLine[])[]): AsyncGenerator<readonly GroundTruthLine[]> {
  yield* chunks;
}

t.test('a tally of all chunks, with the lines that are invalid in their order', async (t) => {
  const to = target();
  const tally = await submitStream(source([said(1), fault(3), said(4, 'bad')], [fault(5)], [said(7)]), to);
  t.same(tally, { lines: 5, counts: { matched: 2, invalid: 3 }, invalid: [{ line: 3, reason: 'no JSON' }, { line: 4, reason: 'unknown_model' }, { line: 5, reason: 'no JSON' }], unknownLabels: NONE });
  t.same(to.chunks, [2, 0, 1]);
  t.equal(to.faults(), 2, 'lines that were not submitted are counted too');
  t.same(await submitStream(source(), target()), { lines: 0, counts: {}, invalid: [], unknownLabels: NONE });
});

t.test('the first hundred invalid lines are named', async (t) => {
  const tally = await submitStream(source(Array.from({ length: 150 }, (_, i) => fault(i + 1))), target());
  t.equal(tally.invalid.length, 100);
  t.same(tally.invalid.at(-1), { line: 100, reason: 'no JSON' });
  t.equal(tally.counts.invalid, 150);
});

t.test('labels that are no class are counted, and three of them named', async (t) => {
  const { unknownLabels } = await submitStream(source([said(1, 'A'), fault(2), said(3)], [said(4, 'A'), said(5, 'bad'), said(6, 'x'.repeat(101))]), target());
  t.same(unknownLabels, { total: 3, examples: ['A', `${'x'.repeat(100)}…`] });
  const tally = new UnknownLabelTally();
  for (let i = 0; i < 10; i++) tally.add(String(i % 5));
  t.same(tally.summary(), { total: 10, examples: ['0', '1', '2'] });
});

t.test('a failure says up to which line everything is stored', async (t) => {
  const failed = submitStream(source([said(1), said(4)], [said(5), fault(9)], [said(10), said(11, 'full')]), target());
  await t.rejects(failed, { code: 'LEDGER_UNAVAILABLE', retryAfterSeconds: 5, message: /the disk is full\. Everything up to line 9 is stored\..*send all of it again/ });
  await t.rejects(submitStream(source([said(1, 'full')]), target()), { message: /Nothing is stored\./ });
});

t.test('a source that fails ends the work; a defect is not dressed up', async (t) => {
  const to = target();
  async function* broken(error: Error): AsyncGenerator<readonly GroundTruthLine[]> {
    yield [said(2)];
    throw error;
  }
  await t.rejects(submitStream(broken(new MetaErrError('INVALID_REQUEST', 'The body broke off.', { field: 'body' })), to), {
    code: 'INVALID_REQUEST', field: 'body', message: /^The body broke off\. Everything up to line 2/,
  });
  await t.rejects(submitStream(broken(new TypeError('a defect')), to), new TypeError('a defect'));
  t.same(to.chunks, [1, 1]);
});

t.test('a chunk is dealt with before the next one is asked for', async (t) => {
  const events: string[] = [];
  async function* watched(): AsyncGenerator<readonly GroundTruthLine[]> {
    for (const line of [1, 2]) {
      events.push(`asked ${line}`);
      yield [said(line)];
    }
  }
  const slow = {
    ...target(),
    async submit(items: readonly GroundTruthInput[]) {
      await new Promise(setImmediate);
      events.push('submitted');
      return items.map(() => ({ status: 'pending' }) as const);
    },
  };
  await submitStream(watched(), slow);
  t.same(events, ['asked 1', 'submitted', 'asked 2', 'submitted']);
});
