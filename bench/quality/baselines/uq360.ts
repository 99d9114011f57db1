import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { boostTrees, boostedModel } from './boosting.js';
import { hasBothOutcomes } from './fallback.js';
import { fitLassoPath, lassoModel } from './lasso.js';
import { fitMetaFeatures } from './meta-features.js';
import { chooseFromPath, type FitPath } from './model-path.js';
import { fitPlatt } from './platt.js';

/** Of the sum of absolute weights against the summed log loss; 1 is the default of UQ360. */
const PENALTIES = [30, 10, 3, 1] as const;
/** 100 is the default of UQ360's gradient boosting. */
const TREES = [10, 20, 50, 100] as const;
/** Below so many rows of either outcome a fold would be judged on none of them. */
const LEAST_OF_EACH_OUTCOME = 5;

const lassoPath: FitPath = (points, failures) => fitLassoPath(points, failures, PENALTIES).map(lassoModel);

const boostingPath: FitPath = (points, failures) => {
  const boosted = boostTrees(points, failures, Math.max(...TREES));
  return TREES.map((count) => boostedModel(boosted, count));
};

/**
 * The black-box meta-model of IBM's UQ360 (Chen et al., AISTATS 2019; `BlackboxMetamodelClassification`): inputs, sorted class
 * probabilities and margin go into a classifier of right and wrong. Platt-scaled MSP where too few of either outcome are labelled,
 * or where it found nothing to tell rows by.
 */
function metaModel(name: string, fitPath: FitPath): Baseline {
  const fit = async (labelled: LabelledRows, seed: number) => {
    const features = hasBothOutcomes(labelled, LEAST_OF_EACH_OUTCOME) ? fitMetaFeatures(labelled) : null;
    if (features === null) return fitPlatt(labelled);
    const model = chooseFromPath(await features(labelled), labelled.failures, fitPath, seed);
    if (model === null) return fitPlatt(labelled);
    return async (rows: Rows) => ({ scores: sigmoids(model(await features(rows))), areProbabilities: true });
  };
  return { name, needs: 'labels', competes: true, fit };
}

/**
 * With its default, logistic regression with an absolute-value penalty. Unlike there the columns are scaled, without which
 * the penalty means nothing, and the penalty is chosen by five-fold log loss.
 */
export const uq360Logistic = metaModel('UQ360 meta-model, logistic', lassoPath);

/** With its other named model, gradient boosting of depth 3; the number of trees is chosen by five-fold log loss. */
export const uq360Boosting = metaModel('UQ360 meta-model, boosting', boostingPath);
