const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Widths that people read easily; what needs wider ones takes whole weeks. */
const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[DAY, 2 * DAY, WEEK],
];

export interface BucketPlan {
  readonly widthMilliseconds: number;
  /** Beginning of each bucket, a multiple of the width, so that a range that moves on keeps its buckets. */
  readonly starts: readonly number[];
}

/** Cuts [from, to) into at most `most` buckets of the smallest width that does it. The range is not empty. */
export function planBuckets(from: number, to: number, most: number): BucketPlan {
  const widthMilliseconds = WIDTHS.find((width) => countOf(from, to, width) <= most) ?? widest(from, to, most);
  const first = Math.floor(from / widthMilliseconds);
  return { widthMilliseconds, starts: Array.from({ length: countOf(from, to, widthMilliseconds) }, (_, i) => (first + i) * widthMilliseconds) };
}

function countOf(from: number, to: number, width: number): number {
  return Math.ceil(to / width) - Math.floor(from / width);
}

function widest(from: number, to: number, most: number): number {
  let width = Math.max(2, Math.floor((to - from) / most / WEEK)) * WEEK;
  while (countOf(from, to, width) > most) width += WEEK;
  return width;
}
