import { addByName } from '../../core/add-by-name.js';
import { joinInto } from '../../core/join-into.js';
import { checkShape } from '../batch-shape.js';
import type { LabelChange, LabelledBatch, LabelledQuery, Ledger, LedgerCounts, PredictionBatch, Retention, RowRange, ScanBatch, ScanQuery } from '../ledger.js';
import { mergeChanges } from '../merge-changes.js';
import { partly } from '../partly-written.js';
import { piecesOf } from './batch-pieces.js';
import type { LedgerCore } from './core.js';
import type { CountPage } from './counts.js';
import type { LabelledSelection } from './labelled.js';
import type { RowPlace } from './row-place.js';
import type { Remote } from './rpc.js';
import type { ScanPage } from './scan.js';

/** Rows in one step of a long write, reading or deletion. */
export interface PageSizes {
  readonly append: number;
  readonly select: number;
  readonly readFeatures: number;
  readonly read: number;
  readonly scan: number;
  /** Bytes of feature vectors and raw inputs after which a page of a scan ends, whatever its rows. */
  readonly scanBytes: number;
  readonly count: number;
  readonly prune: number;
}

/** Each step takes some tens of milliseconds at most: so long may another call have to wait for one. */
const PAGE_SIZES: PageSizes = { append: 2_000, select: 20_000, readFeatures: 1_024, read: 16_384, scan: 1_024, scanBytes: 1 << 20, count: 50_000, prune: 1_000 };

/** A `Ledger` over the core, wherever that runs. `close` does what the caller gives. */
export function createLedgerFacade(core: Remote<LedgerCore>, close: () => Promise<void>, page: PageSizes = PAGE_SIZES): Ledger {
  return {
    append: (batch) => append(core, batch, page.append),
    record: core.record,
    prediction: core.prediction,
    labelled: (query) => labelled(core, query, page),
    scan: (query) => scan(core, query, page),
    counts: (query) => counts(core, query, page),
    labelSequence: core.labelSequence,
    expirePending: core.expirePending,
    prune: (retention) => prune(core, retention, page),
    close,
  };
}

/** The pieces are durable one by one: where one fails, those before it stay. */
async function append(core: Remote<LedgerCore>, batch: PredictionBatch, size: number): Promise<readonly LabelChange[]> {
  checkShape(batch);
  const changes: (readonly LabelChange[])[] = [];
  try {
    for (const piece of piecesOf(batch, size)) changes.push(await core.append(piece));
  } catch (error) {
    throw partly(error, mergeChanges(changes));
  }
  return mergeChanges(changes);
}

/** The set of rows is fixed before the first batch (8 bytes a row); their contents are read page by page. */
async function* labelled(core: Remote<LedgerCore>, query: LabelledQuery, page: PageSizes): AsyncGenerator<LabelledBatch> {
  const seqs = await newestFirst(core, query, page.select);
  const size = query.features ? page.readFeatures : page.read;
  for (let end = seqs.length; end > 0; end -= size) {
    const batch = await core.readLabelled(query, seqs.slice(Math.max(0, end - size), end).reverse());
    if (batch.count > 0) yield batch;
  }
}

async function newestFirst(core: Remote<LedgerCore>, query: LabelledQuery, size: number): Promise<Float64Array> {
  const pages: Float64Array[] = [];
  let cursor: RowPlace | null = null;
  let count = 0;
  while (count < query.newest) {
    const { seqs, next }: LabelledSelection = await core.selectLabelled(query, cursor, Math.min(size, query.newest - count));
    pages.push(seqs);
    count += seqs.length;
    cursor = next;
    if (next === null) break;
  }
  return joinInto(new Float64Array(count), pages);
}

/** Ends with the row that is the newest at the beginning, so that it also ends where rows come faster than they are read. */
async function* scan(core: Remote<LedgerCore>, query: ScanQuery, page: PageSizes): AsyncGenerator<ScanBatch> {
  const upTo = await core.newestPlace(query);
  if (upTo === null) return;
  let after: RowPlace | null = null;
  do {
    const { batch, next }: ScanPage = await core.scanPage(query, { after, upTo, rows: page.scan, bytes: page.scanBytes });
    if (batch.count > 0) yield batch;
    after = next;
  } while (after !== null);
}

async function counts(core: Remote<LedgerCore>, query: RowRange, page: PageSizes): Promise<LedgerCounts> {
  let { counts: sums, next } = await core.countRows(query, null, page.count);
  while (next !== null) {
    const more: CountPage = await core.countRows(query, next, page.count);
    sums = addByName(sums, more.counts);
    next = more.next;
  }
  return { ...sums, ...(await core.countPending(query.model)) };
}

async function prune(core: Remote<LedgerCore>, retention: Retention, page: PageSizes): ReturnType<Ledger['prune']> {
  const excess = await core.excessRows(retention);
  let rows = 0;
  while (rows < excess) {
    const deleted = await core.pruneRows(retention.model, Math.min(page.prune, excess - rows));
    if (deleted === 0) break;
    rows += deleted;
  }
  let inputs = 0;
  for (;;) {
    const deleted = await core.pruneInputs(retention.model, retention.inputsBefore, page.prune);
    if (deleted === 0) return { rows, inputs };
    inputs += deleted;
  }
}
