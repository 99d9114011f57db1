import { Type } from 'typebox';
import { closed, named } from './schemas.js';

/** Labels that are no class of their model. */
export const UnknownLabelsSchema = named('UnknownLabels', closed(
  {
    total: Type.Integer({ description: 'Ground truths with such a label. Each is a failure.' }),
    examples: Type.Array(Type.String({ description: 'Such a label, its first 100 letters.' }), { description: 'Up to three of these labels.' }),
  },
  'Labels that are no class of their model. Where nearly all are so, they are written otherwise than the model writes its classes: see `configuration.labels` of `GET /v1/models/{model}`.',
));
