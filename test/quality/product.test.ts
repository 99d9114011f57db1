import t from 'tap';
import { trainBase } from '../../bench/quality/bases/train-base.js';
import { loadStream } from '../../bench/quality/data/load.js';
import { splitStream } from '../../bench/quality/data/split.js';
import { firstTruths, pickTruths, withTruths } from '../../bench/quality/product/logged-rows.js';
import { metaErrScores } from '../../bench/quality/product/metaerr.js';
import { serveModel } from '../../bench/quality/product/served-model.js';

t.test('labels without a failure train nothing: the label-free meta-model goes on serving', async (t) => {
  const data = loadStream('digits');
  const split = splitStream(data, { baseRows: 200, liveRows: 400, scenario: 'plain', seed: 1 });
  const model = await serveModel(await trainBase('net', { ...data, rows: split.base, seed: 1 }), data.shape, data.classes);
  t.teardown(() => model.release());
  const live = withTruths(await model.log(split.live.values, split.live.rows), split.live.truths);
  const test = withTruths(await model.log(split.test.values, split.test.rows), split.test.truths);
  const right = Int32Array.from(live.failures.keys()).filter((row) => live.failures[row] === 0);
  t.ok(right.length > 100 && right.length < live.rows, 'some fail, most do not');
  const scores = async (labelled: typeof live): Promise<number[]> => [...(await metaErrScores(labelled, live, test, model.behaviour, 1)).scores];
  const labelFree = await scores(firstTruths(live, 0));
  t.notSame(labelFree, [...test.coldStart]);
  t.same(await scores(pickTruths(live, right)), labelFree);
  t.notSame(await scores(live), labelFree, 'failures among the labels do');
});
