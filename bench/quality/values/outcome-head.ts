import { TOLERANCE } from './units.js';

/** The words above the tables. */
export const OUTCOME_HEAD = `# How good the failure probability is where there are no classes

Regression and custom tasks, in small. Written by \`npm run bench:quality -- --outcomes\` and \`npm run bench:quality -- --outcomes --report DIR\`; the tasks with classes are in [quality.md](quality.md).

**What is measured.** Each seed shuffles the data anew: some rows train the base model, the next n are the labelled stream, up to 5,000 after them are the test rows. The product's own feature graph takes inputs and outputs as features; the meta-model is fitted and run by the functions that the service calls. Without a ground truth the service has no failure probability for these tasks, so n begins at 30.

**Regression.** The price of 9,000 diamonds (\`examples/data/diamonds.csv.gz\`) by nine columns; a failure is an error above ${100 * TOLERANCE} % of the prediction. \`linear\`: ridge regression of the logarithm; \`features\`: the same on 100 random ReLU features besides. The number in a name is the number of training rows.

**Custom.** The net of \`satellite\` and \`letter\` as a task of which the service knows only the numbers that come out, with ground truths that say \`correct\` or not.

**Baselines.** They see what MetaErr sees, inputs and outputs, and get the same labels: the failure rate so far; the share of failures among the nearest labelled rows (k by leave-one-out); ridge logistic regression; a net with one hidden layer; the distance to the fifth labelled row. Of a regression MetaErr also looks at how large an error was, and on which side (up to four tolerances; [decision 35](decisions/0035-how-far-off-a-regression-is.md)); so do two more baselines: the mean size of the errors of the nearest labelled rows (k by leave-one-out), and ridge regression of that size (direct loss estimation, as NannyML calls it, with a linear model).`;
