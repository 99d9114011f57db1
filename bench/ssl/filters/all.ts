import { metaErrAsServed } from '../metaerr/as-served.js';
import { metaErr } from '../metaerr/metaerr.js';
import { ensembleConfidence, labelsAlone, labelSpreading } from '../metaerr/parts.js';
import { classAdaptive } from './class-adaptive.js';
import type { Filter } from './filter.js';
import { fixedConfidence } from './fixed-confidence.js';
import { learnedReward } from './learned-reward.js';
import { uncertaintyAware } from './uncertainty-aware.js';

/** Every filter that ranks the pseudo-labels of one net; the curriculum makes labels of its own (students/curriculum.ts). */
export const FILTERS: readonly Filter[] = [fixedConfidence, classAdaptive, uncertaintyAware, learnedReward, metaErr, metaErrAsServed, labelsAlone, ensembleConfidence, labelSpreading];
