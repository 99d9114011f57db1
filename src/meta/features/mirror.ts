import { createGraphBuilder } from '../../engine/onnx/graph-builder.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import type { TensorInfo } from '../../engine/tensor.js';
import type { FlatPictures } from './flat-picture.js';
import { rowForm } from './row-form.js';

/** An input of the base model whose rows are pictures. */
export interface PictureInput {
  readonly tensor: TensorInfo;
  /** Axis of the width, in the tensor or in [N, ...shape]. */
  readonly widthAxis: number;
  /** Shape of the picture where the rows are flat. */
  readonly shape: readonly number[] | null;
}

export interface MirrorGraph {
  /** A standalone model. */
  readonly onnx: Uint8Array;
  /** Its input, named as that of the base model, to its output. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The inputs that are pictures, by their shape or by `pictures`; none where that is null. */
export function pictureInputs(inputs: readonly TensorInfo[], batched: boolean, pictures: FlatPictures | null): readonly PictureInput[] {
  return inputs.flatMap((tensor) => {
    if (tensor.type === 'string') return [];
    const { axes, offset, picture } = rowForm(tensor, batched, pictures);
    return axes === null ? [] : [{ tensor, widthAxis: axes.width + offset, shape: picture }];
  });
}

/** Writes the graph that turns pictures into their mirror images, left to right, of the same type and shape. */
export function buildMirrorGraph(inputs: readonly PictureInput[]): MirrorGraph {
  const graph = createGraphBuilder({ prefix: 'metaerr_' });
  const outputs: Record<string, string> = {};
  inputs.forEach(({ tensor: { name, type, dims }, widthAxis, shape }, index) => {
    const output = `metaerr_mirrored_${index}`;
    const value = graph.input(name, type, null);
    graph.output(output, shape === null ? mirrored(graph, value, widthAxis) : mirroredRows(graph, value, shape, widthAxis), type, dims.map(() => null));
    outputs[name] = output;
  });
  return { onnx: graph.toModel(), outputs };
}

function mirrored(graph: GraphBuilder, value: Value, axis: number): Value {
  const ints = (number: number): Value => graph.ints([number]);
  return graph.node('Slice', [value, ints(-1), ints(Number.MIN_SAFE_INTEGER), ints(axis), ints(-1)]);
}

function mirroredRows(graph: GraphBuilder, value: Value, shape: readonly number[], axis: number): Value {
  const pictures = graph.node('Reshape', [value, graph.ints([-1, ...shape])]);
  return graph.node('Reshape', [mirrored(graph, pictures, axis), graph.node('Shape', [value])]);
}
