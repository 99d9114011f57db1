import type { InputShapes, Sizes } from './input-shapes.js';

/** Sizes that are tried for every dimension of unknown size: a short text, small and usual images, then what else is usual. */
const LENGTHS = [8, 32, 1, 224, 2, 3, 4, 5, 6, 7, 9, 10, 12, 16, 20, 24, 28, 30, 64, 100, 128, 256, 512, 640, 784, 1024, 3000, 16_000];
const IMAGE_SIDES = [224, 32, 640];
const COLOURS = 3;
/** Lengths of what came before, as in the caches of language models: there may be nothing. */
const PAST = /past|cache|prefix|history/i;

function uniform(length: number): Sizes {
  return () => length;
}

/** Sizes for images whose number of channels is not declared: channels first, channels last. */
function imageSizes(shapes: InputShapes): Sizes[] {
  const images = shapes.inputs.filter(({ dims }) => dims.length === 4);
  const channelAxes = [1, 3].map((axis) => new Set(images.map(({ name }) => shapes.variableAt(name, axis)).filter((variable) => variable !== null)));
  return channelAxes.flatMap((channels) =>
    channels.size === 0 ? [] : IMAGE_SIDES.map((side): Sizes => (variable) => (channels.has(variable) ? COLOURS : side)),
  );
}

/**
 * Sizes of the dimensions after the first that are worth trying, the likeliest first. `known` are sizes that the graph gives
 * away. A model without such dimensions has one way.
 */
export function innerSizes(shapes: InputShapes, known: ReadonlyMap<string, number>): readonly Sizes[] {
  const variables = [...shapes.innerVariables];
  if (variables.length === 0) return [uniform(1)];
  const withKnown = (sizes: Sizes): Sizes => (variable) => known.get(variable) ?? sizes(variable);
  const ways = LENGTHS.map(uniform);
  const past = variables.some((name) => PAST.test(name)) ? [8, 1].map((length): Sizes => (variable) => (PAST.test(variable) ? 0 : length)) : [];
  const likely = [...past, ...imageSizes(shapes), ...ways];
  return known.size === 0 ? likely : [...likely.map(withKnown), ...likely];
}

/** Other sizes than the ones given, to see what varies with them. Those that the graph gives away stay. */
export function otherSizes(sizes: Sizes, known: ReadonlyMap<string, number>): Sizes {
  return (variable) => {
    const size = sizes(variable);
    return known.has(variable) || size === 0 ? size : 2 * size;
  };
}
