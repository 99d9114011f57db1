import fc from 'fast-check';
import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { emitOutcomeScores, outcomeCentre, outcomeScores, outcomesOf } from '../../src/meta/trees/outcome-classes.js';

const failed = (...flags: readonly number[]): Uint8Array => Uint8Array.from(flags);

t.test('a regression fails by being too low or too high, where that is known of every failure', async (t) => {
  const failures = failed(0, ...new Array<number>(5).fill(1), ...new Array<number>(6).fill(1));
  const errors = Float32Array.of(0.2, ...new Array<number>(5).fill(3), ...new Array<number>(6).fill(-Infinity));
  t.same(outcomesOf({ failures, errors }), { classes: 3, labels: Int32Array.of(0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2) });
  const plain = { classes: 2, labels: Int32Array.from(failures) };
  t.same(outcomesOf({ failures }), plain, 'no regression');
  t.same(outcomesOf({ failures, errors: errors.map((error, row) => (row === 3 ? NaN : error)) }), plain, 'one failure says not by how much');
  t.same(outcomesOf({ failures, errors: errors.map((error, row) => (row === 0 ? NaN : error)) }).classes, 3, 'of a success it does not matter');
  t.same(outcomesOf({ failures, errors: errors.map((error, row) => (row === 1 ? -2 : error)) }), plain, 'four are too few for a side of their own');
});

t.test('the failure logit beyond that of the failure rate, in the graph as in the fit', async (t) => {
  const row = fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 3, maxLength: 3 });
  const start = Float64Array.of(1.2, -0.5, 0.1);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
      const logs = rows.map((logits) => logits.map((z) => z - Math.log(logits.reduce((sum, other) => sum + Math.exp(other), 0))));
      const odds = (p: readonly number[]): number => Math.log((Math.exp(p[1]!) + Math.exp(p[2]!)) / Math.exp(p[0]!));
      const expected = logs.map((log) => odds(log) - odds([...start]));
      const data = Float32Array.from(logs.flat());
      const scores = outcomeScores(data, 3, odds([...start]));
      const graph = createGraphBuilder();
      graph.output('scores', emitOutcomeScores(graph, graph.input('logs', 'float32', [null, 3]), 3, odds([...start])), 'float32', [null, 1]);
      const session = await createDirectSession({ bytes: graph.toModel() }, { executionProviders: ['cpu'], intraOpThreads: 1 });
      const { scores: served } = await session.run({ logs: { type: 'float32', dims: [rows.length, 3], data } });
      await session.release();
      return expected.every((value, i) => Math.abs(scores[i]! - value) < 1e-3 && Math.abs(Number(served?.data[i]) - value) < 1e-3);
    }),
    { numRuns: 20 },
  );
  const two = outcomeScores(Float32Array.of(Math.log(0.75), Math.log(0.25)), 2, outcomeCentre({ classes: 2, labels: Int32Array.from({ length: 18 }, (_, row) => (row === 0 ? 1 : 0)) }));
  t.ok(Math.abs(two[0]! - (Math.log(1 / 3) - Math.log(1 / 9))) < 1e-5, 'of two outcomes there is one logit');
});
