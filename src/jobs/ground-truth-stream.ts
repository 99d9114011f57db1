import { MetaErrError } from '../core/errors.js';
import type { GroundTruthStatus } from '../ledger/ledger.js';
import type { GroundTruthLine, GroundTruthTally, GroundTruthUseCase } from './contracts.js';
import { UnknownLabelTally } from './unknown-labels.js';

/** So many invalid lines are named. */
const MAX_NAMED = 100;

export interface StreamTarget extends Pick<GroundTruthUseCase, 'submit'> {
  /** Lines that said nothing that could be submitted. */
  countFaults(faults: number): void;
}

/** See `GroundTruthUseCase.submitStream`. */
export async function submitStream(chunks: AsyncIterable<readonly GroundTruthLine[]>, target: StreamTarget): Promise<GroundTruthTally> {
  const tally = new Tally();
  /** Every line up to this one is dealt with. */
  let storedTo = 0;
  try {
    for await (const chunk of chunks) {
      await submitChunk(chunk, target, tally);
      storedTo = chunk.at(-1)?.line ?? storedTo;
    }
  } catch (error) {
    throw error instanceof MetaErrError ? withProgress(error, storedTo) : error;
  }
  return tally.result();
}

async function submitChunk(chunk: readonly GroundTruthLine[], target: StreamTarget, tally: Tally): Promise<void> {
  const items = chunk.flatMap((line) => ('item' in line ? [line.item] : []));
  const answers = await target.submit(items);
  tally.unknown.addAnswered(items, answers);
  let next = 0;
  let faults = 0;
  for (const line of chunk) {
    const answer = 'item' in line ? answers[next++] : undefined;
    if ('fault' in line) faults += 1;
    tally.add(line.line, answer?.status ?? 'invalid', 'fault' in line ? line.fault : answer?.reason);
  }
  if (faults > 0) target.countFaults(faults);
}

class Tally {
  readonly unknown = new UnknownLabelTally();
  readonly #counts: Partial<Record<GroundTruthStatus, number>> = {};
  readonly #invalid: { readonly line: number; readonly reason: string }[] = [];
  #lines = 0;

  add(line: number, status: GroundTruthStatus, reason: string | undefined): void {
    this.#lines += 1;
    this.#counts[status] = (this.#counts[status] ?? 0) + 1;
    if (reason !== undefined && this.#invalid.length < MAX_NAMED) this.#invalid.push({ line, reason });
  }

  result(): GroundTruthTally {
    return { lines: this.#lines, counts: this.#counts, invalid: this.#invalid, unknownLabels: this.unknown.summary() };
  }
}

function withProgress(error: MetaErrError, storedTo: number): MetaErrError {
  const stored = storedTo === 0 ? 'Nothing is stored.' : `Everything up to line ${storedTo} is stored.`;
  const { code, field, retryAfterSeconds } = error;
  return new MetaErrError(code, `${error.message.replace(/\.?$/, '.')} ${stored} It is safe to send all of it again.`, { field, retryAfterSeconds, cause: error });
}
