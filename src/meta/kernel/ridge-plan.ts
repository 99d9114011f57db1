/** One of the fits that are tried, each from the solution before it. */
export interface RidgeStep {
  /** Variance of the noise of a labelled row's target, where a class indicator varies within 1. */
  readonly penalty: number;
  /** What a context row counts, a labelled row being 1. */
  readonly contextWeight: number;
}

/** How much work a regression may be, and what it tries. */
export interface RidgePlan {
  /** Penalties descend, so that each solution is a first guess of the next. */
  readonly steps: readonly RidgeStep[];
  readonly iterations: number;
  /** Rows that it learns from, at most. */
  readonly mostCentres: number;
  /** Operations of one iteration: bounds time and memory whatever the number of classes is. */
  readonly operations: number;
}

/** 1.1e9 operations are about a fiftieth of a second of one core. */
export const LABELLED_PLAN: RidgePlan = {
  steps: [3, 1, 0.3, 0.1, 0.03].map((penalty) => ({ penalty, contextWeight: 1 })),
  iterations: 40,
  mostCentres: 3000,
  operations: 1.1e9,
};

/** With context rows many centres are worth more than many penalties. */
const CONTEXT_PLAN: RidgePlan = {
  steps: [[0.3, 1], [0.1, 1], [0.03, 1], [0.1, 0.1], [0.03, 0.1]].map(([penalty, contextWeight]) => ({ penalty: penalty!, contextWeight: contextWeight! })),
  iterations: 30,
  mostCentres: 5000,
  operations: 4e9,
};

/** Without a labelled row nothing can choose between steps. */
const LABEL_FREE_PLAN: RidgePlan = { ...CONTEXT_PLAN, steps: [{ penalty: 0.1, contextWeight: 1 }], iterations: 60 };

/** Enough to compare ways to measure distances with. */
export const PROBE_PLAN: RidgePlan = { steps: [{ penalty: 0.1, contextWeight: 1 }, { penalty: 0.03, contextWeight: 1 }], iterations: 15, mostCentres: 2000, operations: 6e8 };

/** The plan of a regression on so many labelled rows, with context rows beside them or not. */
export function planFor(labelled: number, hasContext: boolean): RidgePlan {
  if (!hasContext) return LABELLED_PLAN;
  return labelled === 0 ? LABEL_FREE_PLAN : CONTEXT_PLAN;
}

/** Rows that a plan learns from at most, where `fits` run beside each other. */
export function mostCentres({ mostCentres: most, operations }: RidgePlan, classes: number, fits: number): number {
  return Math.min(most, Math.floor(Math.sqrt(operations / (2 * fits * classes))));
}

/** How many of the newest rows of each kind are learnt from: labelled ones first, but half of the places are kept for context where there is as much. */
export function shareCentres(most: number, labelled: number, context: number): { readonly labelled: number; readonly context: number } {
  const forLabelled = Math.min(labelled, Math.max(most - context, Math.floor(most / 2)));
  return { labelled: forLabelled, context: Math.min(context, most - forLabelled) };
}
