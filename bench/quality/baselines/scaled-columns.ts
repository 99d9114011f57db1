import { emitStandardizer, fitStandardizer, type Standardizer } from '../../../src/meta/experts/standardizer.js';
import { runStage } from '../../../src/meta/fit/staged-run.js';

/** Up to so many columns each has a scale of its own; more are samples of one thing, such as pixels, and share one. */
const MOST_OWN_SCALES = 100;
const CHUNK = 4096;

/** Columns that vary among the labelled rows, on comparable scales. */
export interface ScaledColumns {
  /** Columns that are kept, at least 1. */
  readonly width: number;
  /** rows x all columns -> rows x width, row-major; NaN becomes 0, the mean. */
  apply(data: Float32Array): Promise<Float32Array>;
}

/**
 * Fits the product's rule of columns: nearly constant ones are dropped, the others made to mean 0 and standard deviation 1 and
 * clipped to +-5. Above 100 columns all are divided by one number, the root mean square of their deviations, which keeps
 * their proportions (an image's dull border is not blown up). Null when no column varies.
 */
export function fitScaledColumns(data: Float32Array, rows: number, width: number): ScaledColumns | null {
  const own = fitStandardizer(data, rows, width);
  if (own.kept.length === 0) return null;
  return columnsOf(width > MOST_OWN_SCALES ? sharingScale(own) : own);
}

function sharingScale(own: Standardizer): Standardizer {
  let variances = 0;
  for (const scale of own.scale) variances += 1 / scale ** 2;
  return { ...own, scale: new Float32Array(own.kept.length).fill(1 / Math.sqrt(variances / own.kept.length)) };
}

function columnsOf(standardizer: Standardizer): ScaledColumns {
  const { inputWidth, kept } = standardizer;
  return {
    width: kept.length,
    async apply(data) {
      const { scaled } = await runStage({
        rows: data.length / inputWidth, chunk: CHUNK, feeds: { data: { width: inputWidth, data } },
        emit: (graph, inputs) => ({ scaled: emitStandardizer(graph, inputs.data!, standardizer) }),
      });
      return scaled?.data ?? new Float32Array(0);
    },
  };
}
