import t from 'tap';
import { ClosingError, Lifecycle } from '../../src/core/lifecycle.js';
import { recordingLogger } from '../support/recording-logger.js';

t.test('every step runs once, in order, also after one that fails', async (t) => {
  const logger = recordingLogger();
  const lifecycle = new Lifecycle(logger);
  const order: string[] = [];
  lifecycle.add('first', async () => void order.push('first'));
  lifecycle.add('second', () => {
    order.push('second');
    throw new Error('no disk');
  });
  lifecycle.add('third', () => void order.push('third'));
  const closings = await Promise.allSettled([lifecycle.close(), lifecycle.close()]);
  t.same(order, ['first', 'second', 'third']);
  for (const closing of closings) {
    const reason: unknown = closing.status === 'rejected' ? closing.reason : null;
    t.type(reason, ClosingError);
    t.match(reason, { steps: ['second'], message: /second \(no disk\)/ });
  }
  t.match(logger.lines, [{ level: 'error', fields: { step: 'second', err: 'no disk' } }]);
});

t.test('a step that takes too long is left behind', async (t) => {
  const lifecycle = new Lifecycle(recordingLogger());
  let last = false;
  lifecycle.add('hangs', () => new Promise(() => undefined), 20);
  lifecycle.add('last', () => void (last = true));
  await t.rejects(lifecycle.close(), /hangs \(not done within 20 ms\)/);
  t.ok(last);
});

t.test('a step that fails after it was left behind disturbs nobody', async (t) => {
  const lifecycle = new Lifecycle(recordingLogger());
  let fail = (_error: Error): void => undefined;
  lifecycle.add('late', () => new Promise<void>((_resolve, reject) => (fail = reject)), 20);
  await t.rejects(lifecycle.close(), /late/);
  fail(new Error('too late'));
  await new Promise(setImmediate);
});

t.test('without failures it resolves', async (t) => {
  const lifecycle = new Lifecycle(recordingLogger());
  lifecycle.add('only', () => undefined);
  await t.resolves(lifecycle.close());
});
