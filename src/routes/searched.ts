import { Type } from 'typebox';
import { isoTime } from '../core/clock.js';
import { closed, isoTimeText } from './schemas.js';

/** How far a reading of the newest rows went. */
export const Searched = closed(
  {
    from: isoTimeText('Every prediction made at this time or later was looked at.'),
    to: isoTimeText('Predictions made at this time or later were not looked at.'),
    rows: Type.Integer({ description: 'Rows that were looked at for this page.' }),
    complete: Type.Boolean({ description: 'False where there are earlier predictions in the range that were not looked at.' }),
  },
  'What was looked at.',
);

interface Range {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly complete: boolean;
}

export function searchedReply({ from, to, rows, complete }: Range) {
  return { from: isoTime(from), to: isoTime(to), rows, complete };
}
