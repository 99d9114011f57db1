import type { Family } from '../grid/units.js';
import type { BaseModel, BaseTraining } from './base-model.js';
import { trainForest } from './forest/train-forest.js';
import { trainNet } from './net.js';
import { trainSmoothedNet } from './smoothed-net.js';

/** Trains a base model of a family; equal rows and seed give equal bytes. */
export function trainBase(family: Family, training: BaseTraining): Promise<BaseModel> {
  switch (family) {
    case 'net':
      return trainNet(training);
    case 'forest':
      return trainForest(training);
    case 'smoothed':
      return trainSmoothedNet(training);
  }
}
