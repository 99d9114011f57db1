import type { FeatureChain } from '../inference/contracts.js';
import type { SideAxes } from '../meta/features/image.js';
import type { InputFeature } from '../meta/features/layout.js';

/** How a model's inputs and outputs become feature vectors, in the names of the API. */
export function shownFeatures({ layout: { width, schema, inputs, behaviour } }: FeatureChain) {
  return { width, schema, inputs: inputs.map(shownInput), behaviour };
}

function shownInput({ pool, gradients, colours, ...input }: InputFeature) {
  return {
    ...input,
    ...(pool !== undefined && { pool: shownAxes(pool) }),
    ...(gradients !== undefined && { gradients: shownAxes(gradients) }),
    ...(colours !== undefined && { colours: shownAxes(colours) }),
  };
}

/** The layout itself keeps its names: the digest of the feature schema is taken over them. */
function shownAxes<F extends SideAxes>({ heightAxis, widthAxis, ...grids }: F) {
  return { height_axis: heightAxis, width_axis: widthAxis, ...grids };
}
