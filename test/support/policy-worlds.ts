import type { Random } from '../../src/meta/training/random.js';
import { createRandom } from '../../src/meta/training/random.js';
import type { Population, World } from './policy-simulation.js';

const POPULATION_ROWS = 200_000;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

/** What a row's true chance of failing is, and what it is said to be. */
interface Shape {
  readonly name: string;
  /** From a standard normal number. */
  readonly chance: (z: number) => number;
  readonly score: (z: number, chance: number) => number;
}

const chanceOf = (shift: number, spread: number) => (z: number) => sigmoid(shift + spread * z);

const SHAPES: readonly Shape[] = [
  { name: 'calibrated, sharp (18 % fail)', chance: chanceOf(-4, 4), score: (_, chance) => chance },
  { name: 'calibrated, less sharp (15 % fail)', chance: chanceOf(-3.2, 2.5), score: (_, chance) => chance },
  { name: 'calibrated, few failures (5 %)', chance: chanceOf(-4.5, 2), score: (_, chance) => chance },
  { name: 'overconfident: four times too low', chance: chanceOf(-4, 4), score: (_, chance) => chance / 4 },
  { name: 'timid: logits halved', chance: chanceOf(-4, 4), score: (_, chance) => sigmoid(0.5 * logit(chance)) },
  { name: 'not monotone: the surest rows fail more often', chance: (z) => (z < -1.5 ? 0.06 : sigmoid(-4 + 4 * z)), score: (z) => sigmoid(-4 + 4 * z) },
  { name: 'twenty values only', chance: chanceOf(-4, 4), score: (z) => Math.round(20 * sigmoid(z)) / 20 },
];

/** Worlds whose truth is known: failure probabilities right, wrong in scale, wrong in order, and tied. */
export function syntheticWorlds(): readonly World[] {
  return SHAPES.map((shape, index): World => ({
    name: shape.name,
    population: population(shape, createRandom(index, 31)),
    draw: (rows, random) => draw(shape, rows, random),
  }));
}

function draw({ chance, score }: Shape, rows: number, random: Random) {
  const scores = new Float64Array(rows);
  const failures = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const z = random.normal();
    const p = chance(z);
    scores[row] = score(z, p);
    failures[row] = random.uniform() < p ? 1 : 0;
  }
  return { scores, failures };
}

/** With the chances of the rows in the place of outcomes, so that its risks are exact for its rows. */
function population({ chance, score }: Shape, random: Random): Population {
  const drawn = Float64Array.from({ length: POPULATION_ROWS }, () => random.normal());
  const scores = drawn.map((z) => score(z, chance(z)));
  const order = Int32Array.from(drawn, (_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const failed = new Float64Array(POPULATION_ROWS + 1);
  order.forEach((row, i) => (failed[i + 1] = (failed[i] ?? 0) + chance(drawn[row] ?? 0)));
  return { scores: Float64Array.from(order, (row) => scores[row] ?? 0), failed };
}
