import type { VectorForm } from '../features/layout.js';
import type { TrainingWindow } from '../training/window.js';

/** Feature vectors of any rows. */
export type FeatureRows = VectorForm & Pick<TrainingWindow, 'rows' | 'features'>;
