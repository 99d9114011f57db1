import type { StreamRows } from '../../quality/data/stream.js';
import type { Teachers } from '../teacher/teachers.js';

/** Rows whose labels are in question, as a filter may see them. */
export interface Doubted {
  readonly rows: number;
  readonly classes: number;
  /** rows x width, row-major: scaled inputs. */
  readonly values: Float32Array;
  readonly width: number;
  /** The labels in question. */
  readonly labels: Int32Array;
  /** rows x classes: of the net that gave the labels. */
  readonly probabilities: Float64Array;
  /** 1 - probability of the label in question, computed without cancellation. */
  readonly doubts: Float64Array;
  /** Each rows x classes: other nets of the same budget, none of which has seen these rows. */
  readonly members: readonly Float64Array[];
}

/** All that a label budget gives: a filter learns from it and from the unlabelled rows. */
export interface FilterInput {
  /** The labelled rows with the labels of a net that has not seen them. */
  readonly budget: Doubted & { readonly truths: Int32Array; readonly folds: Uint8Array };
  /** The unlabelled rows with their pseudo-labels. */
  readonly pool: Doubted;
  readonly teachers: Teachers;
  readonly labelled: StreamRows;
  /** Integer from 0. */
  readonly seed: number;
}

/** Higher is less trusted. */
export interface FilterScores {
  readonly budget: Float64Array;
  readonly pool: Float64Array;
  /** Rows up to this score are selected by the method's published setting; null where it has none. */
  readonly published: number | null;
}

/** A way to select pseudo-labels. */
export interface Filter {
  readonly name: string;
  /** `part`: a part of MetaErr's score alone, shown to tell where the gain comes from. */
  readonly kind: 'published' | 'metaerr' | 'part';
  /** Deterministic for the same input. */
  score(input: FilterInput): Promise<FilterScores>;
}
