import { tagOf } from '../core/ids.js';
import type { LoadedModel, ModelCatalogue } from '../inference/contracts.js';
import { keyName } from '../ledger/key-name.js';
import type { GroundTruthItem, ModelKey } from '../ledger/ledger.js';
import { labelText } from '../ledger/outcome.js';
import type { GroundTruthAnswer, GroundTruthInput, UnknownLabels } from './contracts.js';

const MOST_EXAMPLES = 3;
const MOST_LETTERS = 100;

/**
 * Finds ground truths whose label is no class of the model: valid ones, each a failure, and where nearly all of a model's are, the sign of a label set that
 * is written otherwise (`Setosa` for `setosa`).
 */
export class KnownClasses {
  readonly #catalogue: Pick<ModelCatalogue, 'byTag'>;
  /** By the list of a configuration, which a loaded model keeps. */
  readonly #sets = new WeakMap<readonly string[], ReadonlySet<string>>();

  constructor(catalogue: Pick<ModelCatalogue, 'byTag'>) {
    this.#catalogue = catalogue;
  }

  /**
   * The loaded model that the item is about, where it knows its classes and the item's label is none of them; else null. `answeredBy`: whose
   * prediction it is, null while that is not known; of one that is not loaded any more the classes are not known.
   */
  withoutClass({ id, kind, value }: GroundTruthItem, answeredBy: ModelKey | null): LoadedModel | null {
    if (kind !== 'label') return null;
    const loaded = this.#catalogue.byTag(tagOf(id))?.loaded ?? null;
    const labels = loaded?.config.labels ?? null;
    if (loaded === null || labels === null || (answeredBy !== null && keyName(answeredBy) !== keyName(loaded.key))) return null;
    return this.#setOf(labels).has(value) ? null : loaded;
  }

  #setOf(labels: readonly string[]): ReadonlySet<string> {
    const set = this.#sets.get(labels) ?? classSet(labels);
    this.#sets.set(labels, set);
    return set;
  }
}

/** The classes as the ledger writes labels. */
function classSet(labels: readonly string[]): ReadonlySet<string> {
  return new Set(labels.map(labelText));
}

/** Counts labels that are no class of their model, and keeps a few of them, cut short. */
export class UnknownLabelTally {
  #total = 0;
  readonly #examples = new Set<string>();

  add(label: string): void {
    this.#total += 1;
    if (this.#examples.size < MOST_EXAMPLES) this.#examples.add(label.length > MOST_LETTERS ? `${label.slice(0, MOST_LETTERS)}…` : label);
  }

  /** Those that were answered so; the answers in the order of the items. */
  addAnswered(items: readonly GroundTruthInput[], answers: readonly GroundTruthAnswer[]): void {
    for (const [i, { unknown_label: unknown }] of answers.entries()) if (unknown === true) this.add(labelText(items[i]?.label ?? ''));
  }

  summary(): UnknownLabels {
    return { total: this.#total, examples: [...this.#examples] };
  }
}

/** Counts the true labels of labelled rows that are no class of their model. */
export class UnknownTruths {
  readonly #classes: ReadonlySet<string>;
  readonly #tally = new UnknownLabelTally();

  constructor(labels: readonly string[]) {
    this.#classes = classSet(labels);
  }

  /** The true label of each row; null where none is known. */
  add(truths: readonly (string | null)[]): void {
    for (const truth of truths) if (truth !== null && !this.#classes.has(truth)) this.#tally.add(truth);
  }

  summary(): UnknownLabels {
    return this.#tally.summary();
  }
}
