/** What stands before the figures of docs/risk-policy.md. */
export const HEAD = `# The risk policy

Every prediction carries a decision, \`accept\` or \`review\`. Without a policy it follows from \`review_threshold\`. With one, the service computes the threshold itself:

\`\`\`yaml
risk_policy: { target_risk: 0.02, confidence: 0.95 }   # or
risk_policy: { review_budget: 0.05 }
\`\`\`

- **\`target_risk\`**: among the accepted predictions at most this share fails. A calibration keeps it with probability \`confidence\` (0.95 where it is left out), and of all thresholds of which that can be said the one that accepts most is taken. Where none can be, every decision is \`review\`, and \`GET /v1/models/{model}/risk-policy\` says \`no threshold reaches this risk yet\` and about how many more ground truths it takes.
- **\`review_budget\`**: the riskiest share of predictions is reviewed. It needs no ground truth and promises no risk.

## How a threshold is found
Rows that did not train the meta-model, with their failure probabilities and outcomes. Thresholds are order statistics of the failure probabilities (at most 200), so outcomes have no say in which are tried. Each is tested: if the failure rate among the accepted were above the target, how likely were so few failures? That is the exact binomial tail. Fixed-sequence testing (Angelopoulos, Bates, Candès, Jordan and Lei 2021, *Learn then Test*) goes from strict to lenient until a test fails; the chance that it accepts any threshold above the target is then at most delta = 1 - confidence, however many are tried.

A sequence that starts at the strictest threshold is ended by one early failure, and a lenient start may be above the target already. So there are two starts, with four fifths and one fifth of delta, two fifths and seven tenths of the way (by ratio) from the fewest rows that could pass to all rows; a sequence that gets from the first to the second goes on with all of delta. They depend on numbers of rows alone. [Decision 11](decisions/0011-risk-policy.md) has what other starts reach.

## Which rows
- **Served**: labelled predictions that the meta-model itself answered, with the failure probabilities of the replies; the newest 10,000.
- **Training**: the meta-model's own labelled rows, out of fold (the stacker cross-fitted too), stored with it in at most 200 groups. They give a threshold in the moment of the promotion. Served rows are added to them, and stand alone from 25 times the fewest rows that could show the risk at all (5,000 at most).
- In the cold start: rows that were answered with 1 - confidence. Nothing was trained on them.
- Of a [label-free meta-model](labels.md#before-the-first-label): rows that it answered. A budget begins with what it says of the predictions that it learnt from; a target risk needs labels.

Every server computes the threshold from the ledger and the registry, when a meta-model is promoted, and when ground truths have come or a minute has passed, at most every 30 s; the same rows give the same threshold everywhere. Predictions never wait for it. While the store is away the last threshold of the same meta-model stays; where there is none, every decision is \`review\`. \`metaerr_decision_threshold\` shows it, and the page of the policy shows how the accepted predictions fared so far.

## What is promised, and what is not
- The promise is about one calibration: of many, at most delta have a true risk above the target. It is not that all of the thresholds that follow one another are right at once.
- It is about rows like those that were calibrated on. Where the stream drifts, or where only some predictions ever get a ground truth (the reviewed ones, say), the accepted are others than the labelled, and nothing is promised. Let a random share of the accepted be labelled.
- Served rows are a plain sample. Rows of the training are not quite: the fold models are not the model that serves. Measured below.
- It refuses rather than promises too much: a risk of 1 % cannot be shown with 299 rows unless none of them fails.`;

/** What the figures in brackets are. */
export const ATTAINABLE = `In brackets: about the most that *any* procedure could reach whose promise holds in every world with such failure probabilities. A world in which failures under a threshold are so much more frequent that the target is just exceeded looks nearly the same in 3,000 rows. Who accepts that far there breaks the promise, so it may happen with probability delta only; and then it cannot happen here more often than the best test of that level tells the two worlds apart (Neyman and Pearson 1933). The brackets are a bound, not a promise: for each threshold another test is the best one, and nobody has all of them at once.`;
