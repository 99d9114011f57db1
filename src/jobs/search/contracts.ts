import type { RowRange } from '../../ledger/ledger.js';
import type { ScanRow } from '../../ledger/scan-row.js';
import type { Place, SearchOrder } from './order.js';

/** Where the next page begins, and the range that the first one searched: rows that come meanwhile move nothing. */
export interface SearchCursor {
  readonly from: number;
  readonly to: number;
  readonly after: Place;
}

export interface SearchQuery extends RowRange {
  readonly order: SearchOrder;
  /** True: only rows with a ground truth; false: only rows without; null: all. */
  readonly labelled: boolean | null;
  /** At least 1. */
  readonly limit: number;
  /** Share of the first page of `uncertainty` that is chosen regardless of it, 0 to 1; other pages and orders have none. */
  readonly exploration: number;
  readonly cursor: SearchCursor | null;
}

/** A row that was found. */
export interface FoundPrediction extends Place, ScanRow {
  readonly createdAt: number;
  readonly id: string;
  readonly row: number;
  /** JSON text. */
  readonly inputs: string | null;
  /** Whether it was chosen regardless of the order. */
  readonly explored: boolean;
}

export interface SearchResult {
  readonly predictions: readonly FoundPrediction[];
  readonly next: SearchCursor | null;
  /** What was read: every row created in [from, to). `complete` is false where the range that was asked for begins earlier. */
  readonly searched: { readonly from: number; readonly to: number; readonly rows: number; readonly complete: boolean };
}

export interface PredictionSearchUseCase {
  /** Rejects with MODEL_NOT_FOUND for a model that nobody knows. */
  search(query: SearchQuery): Promise<SearchResult>;
}
