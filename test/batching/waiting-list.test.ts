import fc from 'fast-check';
import t from 'tap';
import { WaitingList } from '../../src/inference/batching/waiting-list.js';
import type { Place } from '../../src/inference/batching/waiting-list.js';

/** Null pushes; a number removes one of those that are there. */
const steps = fc.array(fc.option(fc.nat(20), { freq: 3 }), { maxLength: 60 });

t.test('it holds what an array would, in order, whatever is taken out', async () => {
  fc.assert(
    fc.property(steps, (all) => {
      const list = new WaitingList<number>();
      const places: Place<number>[] = [];
      for (const [index, step] of all.entries()) {
        if (step === null) places.push(list.push(index));
        else for (const place of places.splice(step % Math.max(1, places.length), 1)) list.remove(place);
        const held: number[] = [];
        for (let place = list.first; place !== null; place = place.next) held.push(place.value);
        if (held.join() !== places.map(({ value }) => value).join()) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
});
