import { h } from '../dom.js';
import { count } from '../format.js';
import type { ModelDetail, Report } from '../types.js';

/** A smaller share may be classes that the model really does not have. */
const NOTABLE_SHARE = 0.1;
const MOST_CLASSES = 5;

/** Says that many labels are no class of the model: then it is seldom the model that fails. False where there is nothing to say. */
export function unknownLabelsNotice({ labels: { rows, unknown_labels: unknown } }: Report, model: ModelDetail): HTMLElement | false {
  if (unknown === null || unknown.total === 0 || unknown.total < NOTABLE_SHARE * rows) return false;
  const classes = model.configuration?.labels ?? [];
  const known = `${classes.slice(0, MOST_CLASSES).join(', ')}${classes.length > MOST_CLASSES ? ', …' : ''}`;
  const words = `The ground truth of ${count(unknown.total)} of ${count(rows)} labelled predictions is no class of this model (${unknown.examples.join(', ')}), and each counts as a failure. Its classes are written ${known}.`;
  return h('p', { class: unknown.total > rows / 2 ? 'notice bad' : 'notice calm' }, words);
}
