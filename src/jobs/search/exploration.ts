import { rowDraw, textHash } from '../../core/row-draw.js';
import type { ScanBatch } from '../../ledger/ledger.js';
import { scanRow } from '../../ledger/scan-row.js';
import { Best } from './best.js';
import type { FoundPrediction } from './contracts.js';

/** Audited rows come before all others. */
const AUDIT_KEY = 2;
/** Another draw than that of the audits. */
const SALT = 0x6c62272e;

/**
 * Rows that are to be labelled whatever is known of them: audited ones first, then a uniform sample of all that were searched, by a draw that
 * depends on prediction id, row and the time of the search.
 */
export class Exploration {
  readonly #audited: Best<FoundPrediction>;
  readonly #drawn: Best<FoundPrediction>;
  readonly #salt: number;
  #others = 0;

  /** `limit`: rows of the page, of which some are taken by its order. */
  constructor(limit: number, time: number) {
    this.#audited = new Best(limit);
    this.#drawn = new Best(limit);
    this.#salt = (SALT ^ time) >>> 0;
  }

  look(batch: ScanBatch, i: number): void {
    const place = { key: AUDIT_KEY, createdAt: batch.createdAt[i] ?? NaN, id: batch.ids[i] ?? '', row: batch.rows[i] ?? 0 };
    const audited = batch.audits[i] === 1;
    if (!audited) {
      this.#others += 1;
      place.key = rowDraw(textHash(place.id) ^ this.#salt, place.row);
    }
    const best = audited ? this.#audited : this.#drawn;
    if (best.admits(place)) best.add({ ...scanRow(batch, i), key: place.key, inputs: null, explored: true });
  }

  /**
   * So many rows that the order did not take; a drawn one says with which probability it was chosen of them.
   */
  rows(count: number, taken: readonly FoundPrediction[]): FoundPrediction[] {
    const names = new Set(taken.map(nameOf));
    const isLeft = (found: FoundPrediction): boolean => !names.has(nameOf(found));
    const audited = this.#audited.sorted().filter(isLeft).slice(0, count);
    const drawn = this.#drawn.sorted().filter(isLeft).slice(0, count - audited.length);
    const left = this.#others - taken.filter(({ audit }) => !audit).length;
    const choiceProbability = drawn.length / Math.max(1, left);
    return [...audited, ...drawn.map((each) => ({ ...each, choiceProbability }))];
  }
}

function nameOf({ id, row }: FoundPrediction): string {
  return `${id} ${row}`;
}
