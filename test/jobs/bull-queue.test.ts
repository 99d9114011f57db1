import t from 'tap';
import { jobQueueContract } from '../contract/job-queue-contract.js';
import { bullHarness } from '../support/jobs-bull.js';
import { startRedis } from '../support/redis-server.js';

const redis = await startRedis(t);

await t.test('contract of JobQueue', (t) => jobQueueContract(t, () => bullHarness(redis), { histories: 5 }));
