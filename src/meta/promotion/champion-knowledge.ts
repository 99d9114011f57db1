/**
 * A champion that knows at least this factor fewer labels than there are is followed without a proof that the challenger is better: one cannot
 * be had from so few more labels, and the recipe is known to gain by them (docs/quality.md).
 */
export const GROWN_FACTOR = 1.1;

/** How much a champion knows of the labelled rows there are. */
export interface Knowledge {
  /** Labelled rows that the champion was trained on. */
  readonly known: number;
  /** Labelled rows now. */
  readonly rows: number;
  /** Those newer than the champion's newest. */
  readonly newer: number;
}

/** In words, where the champion knows clearly fewer rows than there are; else null. */
export function fewerRows({ known, rows }: Knowledge): string | null {
  return rows >= GROWN_FACTOR * known ? `the champion knew ${known} of ${rows} labelled rows` : null;
}

/** As `fewerRows`; newer rows count too, since a window that is full grows no more. */
export function fewerOrOlderRows(knowledge: Knowledge): string | null {
  const { known, rows, newer } = knowledge;
  return fewerRows(knowledge) ?? (newer >= (GROWN_FACTOR - 1) * known ? `${newer} of ${rows} labelled rows are newer than the champion` : null);
}
