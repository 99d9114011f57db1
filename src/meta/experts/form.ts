import type { BehaviourLayout } from '../features/layout.js';
import { fitTemperature } from '../linear/temperature.js';
import { CLASS_UNKNOWN, type TrainingWindow } from '../training/window.js';

/**
 * What the experts can learn from.
 * - `classes`: true classes are known and the layout has a column for each;
 * - `outcomes`: only failed or not is used (`correct` ground truths, many classes, tasks without classes). Class 0 is ok,
 *   class 1 is failed.
 */
export type FormKind = 'classes' | 'outcomes';

/** The shape of a meta-model, and how it reads the base model's probabilities. */
export interface Form {
  readonly kind: FormKind;
  readonly behaviour: BehaviourLayout;
  readonly inputWidth: number;
  readonly width: number;
  /** Classes that distances and nets distinguish: those of the base model, or 2. */
  readonly references: number;
  /** The log-probabilities are divided by it (and normalized again) before anything else is made of them; 1 where there is not one for each class. */
  readonly temperature: number;
}

/** A form with the class of each row (negative: none). */
export interface LabelledForm {
  readonly form: Form;
  readonly labels: Int32Array;
}

const MIN_KNOWN = 20;

/** Picks the form that the window allows. */
export function chooseForm(window: TrainingWindow, layout: BehaviourLayout): LabelledForm {
  const behaviour: BehaviourLayout = layout.kind !== 'none' && layout.classes < 2 ? { kind: 'none' } : layout;
  const base = { behaviour, inputWidth: window.inputWidth, width: window.width, temperature: temperatureOf(window, behaviour) };
  if (behaviour.kind === 'classes') {
    const labels = trueClasses(window, behaviour.classes);
    const unknown = count(labels, (label) => label === CLASS_UNKNOWN);
    const known = count(labels, (label) => label >= 0);
    if (2 * unknown <= window.rows && known >= MIN_KNOWN) return { form: { ...base, kind: 'classes', references: behaviour.classes }, labels };
  }
  return { form: { ...base, kind: 'outcomes', references: 2 }, labels: Int32Array.from(window.failures) };
}

function temperatureOf({ rows, features, width, inputWidth, classes, truths, failures }: TrainingWindow, behaviour: BehaviourLayout): number {
  if (behaviour.kind !== 'classes') return 1;
  return fitTemperature({ rows, classes: behaviour.classes, values: features, stride: width, offset: inputWidth, predicted: classes, truths, failures });
}

/** True classes; with two classes the outcome alone tells which it was. */
function trueClasses({ truths, failures, classes: predicted }: TrainingWindow, classes: number): Int32Array {
  if (classes !== 2) return truths;
  return truths.map((truth, i) => (truth === CLASS_UNKNOWN && predicted[i]! >= 0 ? predicted[i]! ^ failures[i]! : truth));
}

function count(values: Int32Array, test: (value: number) => boolean): number {
  let sum = 0;
  for (const value of values) if (test(value)) sum++;
  return sum;
}
