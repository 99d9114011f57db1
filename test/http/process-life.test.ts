import t, { type Test } from 'tap';
import { follow, spawnChild, type RunningProcess } from '../support/http-process.js';

function start(t: Test, mode: string): RunningProcess {
  const running = follow(spawnChild(mode));
  t.teardown(() => running.child.kill('SIGKILL'));
  return running;
}

async function endAfter(running: RunningProcess, message: string): Promise<number | string | null> {
  await running.logged(message);
  running.child.kill('SIGTERM');
  return running.ended;
}

const messages = (running: RunningProcess) => running.log.map(({ msg }) => msg);

t.test('a clean end', async (t) => {
  const running = start(t, 'clean');
  t.equal(await endAfter(running, 'ready'), 0);
  t.same(messages(running).filter((message) => !message.startsWith('Server listening')), ['listening', 'ready', 'closing', 'refused', 'last step', 'closed']);
});

t.test('a signal while the system is being created closes it when it is there', async (t) => {
  const running = start(t, 'slow-creation');
  t.equal(await endAfter(running, 'creating'), 0);
  t.ok(messages(running).includes('last step'));
  t.notOk(messages(running).includes('listening'), 'it does not go on starting');
});

t.test('a signal during the start closes at once, and the process ends when the start has', async (t) => {
  const running = start(t, 'slow-start');
  t.equal(await endAfter(running, 'listening'), 0);
  t.notOk(messages(running).includes('ready'));
});

t.test('a failed creation', async (t) => {
  const running = start(t, 'creation-fails');
  t.equal(await running.ended, 1);
  t.match(running.words(), /no store/);
});

t.test('a failed start closes what there is', async (t) => {
  const running = start(t, 'start-fails');
  t.equal(await running.ended, 1);
  t.match(running.words(), /no consumer/);
  t.ok(messages(running).includes('last step'));
});

t.test('an error that nobody caught closes the process', async (t) => {
  const running = start(t, 'uncaught');
  t.equal(await running.ended, 1);
  t.match(running.words(), /nobody caught this/);
  t.ok(messages(running).includes('last step'));
});

t.test('a store that hangs does not keep the process, which says what was lost', async (t) => {
  const running = start(t, 'hangs');
  t.equal(await endAfter(running, 'ready'), 1);
  t.ok(messages(running).includes('last step'), 'the steps after it are done');
  t.match(await running.logged('closing failed'), { lost_rows: 7, err: /queue/ });
});

t.test('a thread that hangs can only be left by force', async (t) => {
  const running = start(t, 'hangs-in-thread');
  t.equal(await endAfter(running, 'ready'), 'SIGKILL');
  t.match(await running.logged('closing failed'), { err: /sessions/ });
});

t.test('a second signal ends the process at once', async (t) => {
  const running = start(t, 'hangs');
  await running.logged('ready');
  running.child.kill('SIGTERM');
  await running.logged('closing');
  running.child.kill('SIGINT');
  t.equal(await running.ended, 'SIGKILL');
});
