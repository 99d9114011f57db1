import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { versionLabels } from '../core/model-series.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import type { GroundTruthItem, GroundTruthReply, LabelChange, Ledger } from '../ledger/ledger.js';
import { PartlyRecorded } from '../ledger/partly-written.js';
import type { LedgerWriter } from '../ledger/writer.js';
import type { GroundTruthAnswer, GroundTruthInput, GroundTruthUseCase } from './contracts.js';
import { normalizeGroundTruth } from './ground-truth-items.js';
import { submitStream } from './ground-truth-stream.js';
import { applyLabelChanges } from './label-metrics.js';
import { KnownClasses } from './unknown-labels.js';

const STATUSES: readonly GroundTruthAnswer['status'][] = ['matched', 'duplicate', 'conflict', 'pending', 'invalid'];

/** Items in one transaction of the ledger; between two of them its thread can do other things. */
const ITEMS_PER_RECORD = 2_000;

export interface GroundTruthOptions {
  readonly ledger: Ledger;
  readonly writer: Pick<LedgerWriter, 'holds' | 'flush'>;
  readonly catalogue: ModelCatalogue;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Told of changed labels after they are durable and counted: the retraining trigger. Must not throw. */
  readonly onLabels: (changes: readonly LabelChange[]) => void;
}

/**
 * Takes ground truths. Items that are wrong in themselves are answered `invalid`; the others go to the ledger, and the
 * answer comes when they are durable. Throws LEDGER_UNAVAILABLE when they cannot be made durable; items of earlier
 * transactions of the same call are then stored and counted, and are duplicates when they are sent again.
 */
export function createGroundTruth(options: GroundTruthOptions): GroundTruthUseCase {
  const recording = { ...options, classes: new KnownClasses(options.catalogue) };
  const submit = async (items: readonly GroundTruthInput[]): Promise<readonly GroundTruthAnswer[]> => {
    const now = options.clock.now();
    const normalized = items.map((item) => normalizeGroundTruth(item, options.catalogue, now));
    const valid = normalized.filter((item) => typeof item !== 'string');
    await flushHeld(options, valid);
    const recorded = await record(recording, valid);
    let next = 0;
    const answers = normalized.map((item): GroundTruthAnswer => {
      if (typeof item === 'string') return { status: 'invalid', reason: item };
      const answer = recorded[next++];
      if (answer === undefined) throw new Error('the ledger answered fewer ground truths than it was given');
      return answer;
    });
    options.metrics.groundTruths.inc({ status: 'invalid' }, items.length - valid.length);
    return answers;
  };
  // A counter that begins with its first event has no increase at that event.
  for (const status of STATUSES) options.metrics.groundTruths.inc({ status }, 0);
  const countFaults = (faults: number): void => options.metrics.groundTruths.inc({ status: 'invalid' }, faults);
  return { submit, submitStream: (chunks) => submitStream(chunks, { submit, countFaults }) };
}

/** Predictions of these items that wait to be written are written first, so that the answer is `matched` and not `pending`. */
async function flushHeld({ writer, logger }: GroundTruthOptions, items: readonly GroundTruthItem[]): Promise<void> {
  const held = items.filter(({ id }) => writer.holds(id)).map(({ id }) => id);
  if (held.length === 0) return;
  try {
    await writer.flush(held);
  } catch (error) {
    // The ground truths wait as pending then, or the ledger refuses them itself.
    logger.warn({ err: messageOf(error) }, 'buffered predictions could not be written before their ground truths');
  }
}

/** What recording takes beside the options. */
interface Recording extends GroundTruthOptions {
  readonly classes: KnownClasses;
}

async function record(recording: Recording, items: readonly GroundTruthItem[]): Promise<GroundTruthAnswer[]> {
  const answers: GroundTruthAnswer[] = [];
  for (let start = 0; start < items.length; start += ITEMS_PER_RECORD) {
    const part = items.slice(start, start + ITEMS_PER_RECORD);
    for (const answer of tell(recording, part, await recordPart(recording, part))) answers.push(answer);
  }
  return answers;
}

/** What is durable is counted though the call fails: given again, it is a duplicate that changes nothing. */
async function recordPart(recording: Recording, items: readonly GroundTruthItem[]): Promise<GroundTruthReply> {
  try {
    return await recording.ledger.record(items);
  } catch (error) {
    if (error instanceof PartlyRecorded) tell(recording, items, error);
    throw error;
  }
}

/** Counts what the ledger made durable, and tells who waits for labels. Returns the answers of what it did. */
function tell({ metrics, catalogue, classes, onLabels }: Recording, items: readonly GroundTruthItem[], { results, answeredBy, changes }: GroundTruthReply | PartlyRecorded): readonly GroundTruthAnswer[] {
  const answers = items.flatMap((item, i): GroundTruthAnswer[] => {
    const result = results[i] ?? null;
    if (result === null) return [];
    const model = result.status === 'invalid' ? null : classes.withoutClass(item, answeredBy[i] ?? null);
    if (model === null) return [result];
    metrics.unknownLabels.inc(versionLabels(model.key));
    return [{ ...result, unknown_label: true }];
  });
  countStatuses(metrics, answers);
  if (changes.length === 0) return answers;
  applyLabelChanges(metrics, catalogue, changes);
  onLabels(changes);
  return answers;
}

function countStatuses(metrics: Metrics, answers: readonly GroundTruthAnswer[]): void {
  const counts = new Map<string, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  for (const [status, count] of counts) metrics.groundTruths.inc({ status }, count);
}
