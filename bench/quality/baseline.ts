/** Logged rows of one base model, as every baseline may see them: a black box's inputs and outputs. */
export interface Rows {
  readonly rows: number;
  /** Numbers of the input features of a row: those of the product's feature vector, without the behaviour. */
  readonly inputWidth: number;
  /** rows x inputWidth, row-major. */
  readonly inputs: Float32Array;
  readonly classes: number;
  /** rows x classes, row-major: natural logarithms of the class probabilities, at least ln 1e-9, normalized. */
  readonly logProbabilities: Float64Array;
  /** rows x classes: what the base model gave before its softmax; null where it gives probabilities only. */
  readonly logits: Float64Array | null;
  /** Index of the largest class score, the first of equals. */
  readonly predicted: Int32Array;
}

/** Rows whose ground truth is known. */
export interface LabelledRows extends Rows {
  readonly truths: Int32Array;
  /** 1 where `predicted` is not the truth. */
  readonly failures: Uint8Array;
}

/** What a fitted baseline says of rows. */
export interface Scores {
  /** One a row: higher is more suspicious. */
  readonly scores: Float64Array;
  /** Whether a score is a failure probability, so that Brier, log loss and ECE mean something. */
  readonly areProbabilities: boolean;
}

/** A way to tell failures from successes that MetaErr is set against. */
export interface Baseline {
  readonly name: string;
  /** What it is fitted on: nothing, or the same ground truths as the meta-model. */
  readonly needs: 'nothing' | 'labels';
  /** Whether it takes part as a competitor; the retrained base is a reference line only. */
  readonly competes: boolean;
  /** Deterministic for the same rows and seed. `labelled` may have 0 rows, or one outcome only. */
  fit(labelled: LabelledRows, seed: number): Promise<(rows: Rows) => Promise<Scores>>;
}
