/** Shares of the unlabelled rows at which all filters are compared. */
export const COVERAGES = [0.2, 0.4, 0.6, 0.8] as const;
/** Those of them at which students are trained. */
export const WITH_STUDENTS: readonly number[] = [0.4, 0.8];
