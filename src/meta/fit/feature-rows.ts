import type { TrainingWindow } from '../training/window.js';

/** Feature vectors of any rows. */
export type FeatureRows = Pick<TrainingWindow, 'rows' | 'inputWidth' | 'mirror' | 'series' | 'width' | 'features'>;
