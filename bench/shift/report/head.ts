import { TOLERANCE } from '../figures/by-chance.js';
import { DAY_ROWS, ROWS_BEFORE, ROWS_UNTIL_RETRAINED } from '../data/shifted-stream.js';
import { count, percent } from '../../quality/report/markdown.js';

/** What the page says before its figures. */
export const HEAD = `# Expected and observed failures when the stream shifts

A dashboard adds up failure probabilities and calls the sum the expected failures of the day. This page says how near that is to what is observed, on streams that stay as they are and on streams that shift. Written by \`npm run bench:shift\` and \`npm run bench:shift -- --report DIR\`; every cell is shown.

**The stream.** Each seed shuffles a data set and trains a weak base model on its first rows (their number is in the name of the setting); all others come once, in the order of the shuffle. ${count(ROWS_BEFORE)} predictions come before the shift. Every second prediction gets its ground truth, here and later, so that the meta-model of before is fitted on ${count(ROWS_BEFORE / 2)} labels. Then the stream shifts: *noise* on the inputs (a deviation of .3 of each column's, of .2 on pixels from 0 to 1), or another *mix* (the first half of the classes becomes five times rarer), or *none*. The ${count(ROWS_UNTIL_RETRAINED)} predictions until the ${count(ROWS_UNTIL_RETRAINED / 2)}th label are the **day of the shift**; the meta-model of before scores them, and nothing has been retrained. Then the meta-model is fitted again by the service's own \`fitMetaModel\`, on all ${count((ROWS_BEFORE + ROWS_UNTIL_RETRAINED) / 2)} labels and with the predictions that have none, and **days** of ${count(DAY_ROWS)} predictions follow, up to three, as many as the data have. No retraining comes between them.

**Expected by observed.** Pooled over the seeds of a setting, with the 95 % interval that chance alone makes of it (binomial: the variance of the failures is the sum of p (1 - p)); it holds neither the luck of the few labels a fit has seen nor that seeds share a data set. **Bold**: further than ${percent(TOLERANCE, 0)} % from the observed failures. *By chance*: how often a model whose every failure probability is right would be within ${percent(TOLERANCE, 0)} % on these very days, simulated with MetaErr's failure probabilities. Such a model knows the level; a fit has to learn it from some hundred failures, and after a shift from fewer.

**Beside it.** *Without the offset*: the same fit, without what [decision 19](decisions/0019-the-level-of-failures-after-a-shift.md) adds to its logits. *Platt*: Platt-scaled maximum softmax probability, fitted on the same labels. *1 - confidence*: what is served before any label. ECE has 15 bins of equal mass over all days of a seed; by chance, it would be as shown if every failure probability were right.

**Not measured.** Shifts that go on, that come back, or that labels of only some rows tell of; strong base models; more than one retraining. Decision 19 was made with seeds 1 to 3 of most of these settings in view, on rows that were drawn in another way.`;
