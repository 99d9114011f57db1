import type { Test } from 'tap';
import { Book } from './distributed-book.js';
import { judgeLosses, type Losses } from './distributed-losses.js';
import { CLASSES, planTraffic, WIDTH, type PlanOptions } from './distributed-plan.js';
import { MODEL_SEED, recount, type Recount } from './distributed-recount.js';
import { whenWritten } from './distributed-settle.js';
import { runTraffic, type TrafficOptions } from './distributed-traffic.js';
import type { WaitingReader } from './distributed-waiting.js';
import type { DistributedSystem } from './distributed.js';
import { linearClassifier } from './http-models.js';

export const MODEL = 'm';
export const MODELS = { [MODEL]: { onnx: linearClassifier(WIDTH, CLASSES, MODEL_SEED) } };

/** SIGKILL loses what was answered a flush interval before; a busy machine writes later. How much later is measured by bench/faults.ts. */
const LOSS_MILLISECONDS = 5_000;

export interface FaultCase {
  readonly plan: PlanOptions;
  readonly faults: NonNullable<TrafficOptions['faults']>;
  readonly traffic?: Partial<TrafficOptions>;
  readonly waiting: WaitingReader;
  /** Written as the traffic goes on. */
  readonly book?: Book;
}

export interface FaultResult {
  readonly book: Book;
  readonly result: Recount;
  readonly losses: Losses;
}

/** Sends the traffic through all servers while the faults come, and sets everything that was acknowledged against what is there then. */
export async function countUnderFaults(t: Test, { servers, urls }: DistributedSystem, { plan, faults, traffic, waiting, book = new Book() }: FaultCase): Promise<FaultResult> {
  const events = planTraffic(plan);
  await runTraffic({ model: MODEL, servers, events, book, seed: plan.seed, faults, ...traffic });
  await whenWritten(urls);
  const results = await Promise.all(urls.map((url) => recount(url, MODEL, book, waiting)));
  const [result] = results;
  if (result === undefined) throw new Error('no server');
  const losses = judgeLosses(result.lost, servers, LOSS_MILLISECONDS);
  for (const { faults: found } of results) t.same(found, [], 'the book, the ledger and the report agree');
  t.same(losses.faults, [], 'no prediction is lost but by the kill of its server');
  t.equal(result.acknowledged, events.filter(({ kind }) => kind === 'truth').length, 'in the end every ground truth is acknowledged');
  t.equal(book.answeredRows(), plan.predictions, 'and every prediction answered');
  t.ok(result.report.duplicates > 0 && result.report.conflicts > 0, 'duplicates and conflicts were among them');
  const { report, found, unanswered } = result;
  t.comment(JSON.stringify({ ...report, acknowledged: book.acknowledged(), found, lostRows: losses.rows, unanswered, refused: [book.refusedPredictions, book.refusedTruths] }));
  return { book, result, losses };
}
