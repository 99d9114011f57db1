import type { Augmentation, BehaviourLayout } from './layout.js';

/** Most classes whose log-probabilities are written one by one. */
export const MOST_SEPARATE_CLASSES = 256;
/** Numbers before the largest log-probabilities in the `sorted` form: s, g, ln(p2/p1), entropy. */
export const SORTED_SUMMARY_WIDTH = 4;
const SORTED_TOP = 16;

/** The form for a number of classes (2 or more); null is a task without classes. */
export function behaviourLayout(classes: number | null, augmentation: Augmentation | null = null): BehaviourLayout {
  if (classes === null) return { kind: 'none' };
  if (!Number.isInteger(classes) || classes < 2) throw new RangeError(`classes: expected an integer of at least 2, got ${classes}`);
  const also = augmentation === null ? {} : { augmentation };
  return classes <= MOST_SEPARATE_CLASSES ? { kind: 'classes', classes, ...also } : { kind: 'sorted', classes, top: SORTED_TOP, ...also };
}

/** The augmentation of a behaviour; null without one. */
export function augmentationOf(behaviour: BehaviourLayout): Augmentation | null {
  return behaviour.kind === 'none' ? null : (behaviour.augmentation ?? null);
}

/** Numbers that a behaviour takes in the feature vector. */
export function behaviourWidth(behaviour: BehaviourLayout): number {
  switch (behaviour.kind) {
    case 'classes':
      return behaviour.classes + (behaviour.augmentation === undefined ? 0 : 1);
    case 'sorted':
      return SORTED_SUMMARY_WIDTH + behaviour.top;
    case 'none':
      return 0;
  }
}
