import type { Test } from 'tap';
import { anyHistoryLaws } from './job-queue-any-history.js';
import { endLaws } from './job-queue-end-laws.js';
import type { HarnessFactory, SuiteOptions } from './job-queue-harness.js';
import { orderLaws } from './job-queue-order-laws.js';
import { restartLaws } from './job-queue-restart-laws.js';
import { retryLaws } from './job-queue-retry-laws.js';

/** The laws of src/jobs/queue.ts; the tests bear their numbers. */
export async function jobQueueContract(t: Test, create: HarnessFactory, options: SuiteOptions): Promise<void> {
  await t.test('order of jobs', (order) => orderLaws(order, create));
  await t.test('ends of jobs', (ends) => endLaws(ends, create));
  await t.test('restart and close', (restarts) => restartLaws(restarts, create));
  await t.test('retries', (retries) => retryLaws(retries, create));
  await t.test('any history', (histories) => anyHistoryLaws(histories, create, options));
}
