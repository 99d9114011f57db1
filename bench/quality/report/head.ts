/** The words above the tables. */
export const HEAD = `# How good the failure probability is

MetaErr against published baselines on six data sets, weak and strong base models of three kinds, and 0 to 10,000 labels. Written by \`npm run bench:quality\` and \`npm run bench:quality -- --report DIR\`; nothing here is chosen by hand, and every cell is shown; [quality/cells.json](quality/cells.json) has them for programs, with every figure of every method and its E-AURC with each seed.

**What is measured.** Each seed shuffles the data anew: some rows train the base model, the next n are the labelled stream, up to 5,000 after them are the test rows; none is shared. The base model runs through the product's own feature graph, the meta-model is fitted and run by the functions that the service calls. Lower E-AURC (excess area under the risk-coverage curve) is better, 0 is a perfect order. n: labels; f: failures among them; rho: n by the rows that the base model was trained on.

**Predictions without a label.** As the service does, MetaErr also learns from the inputs and outputs of predictions whose ground truth has not come ([decision 18](decisions/0018-predictions-without-a-ground-truth.md)): here the rows of the live stream after the first n, 5,000 at most, none where n is all of them. Their truths are hidden from it, and no test row is among them. At n = 0 they are all that it has. The baselines have no use for such rows.

**Base models.** \`net\`: one hidden layer (64 units, 128 from 4,000 rows); \`forest\`: a random forest of 100 full trees; \`smoothed\`: the net trained with label smoothing of 0.1. The number in a name is the number of training rows. Nets give logits, forests probabilities. \`letter-pairs\` has 100 classes: two letters side by side, no letter used twice.

**Baselines.** Label-free ones read the base model's outputs only (MSP, max logit, energy, margin, entropy, DOCTOR); the others are fitted on the very labels that MetaErr gets. A baseline may see the input features that MetaErr sees. Their files in \`bench/quality/baselines/\` name the papers.

**Calibration by chance.** A score whose every probability is right has an ECE above 0 too: .018 to .024 on the 2,648 test rows of letter-pairs (the failures drawn 100 times from MetaErr's own probabilities at n of 1,000 and 3,000).

**Tasks without classes** (regression, custom) are in [quality-outcomes.md](quality-outcomes.md).

**Reference, no competitor.** "Retrained" is the base model trained again on its own rows and the n labels: its error rate, and the E-AURC of 1 - its confidence on its own failures. Where one may retrain the base model, that is the other use of the same labels.`;

export const PICTURES = `## Pictures

![E-AURC over the number of labels](quality/labels.svg)

![Risk over coverage](quality/risk-coverage.svg)

![Reliability of the failure probability](quality/reliability.svg)

Curves are of the first seed.`;
