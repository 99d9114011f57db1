import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { NO_POINT } from '../experts/affinities.js';
import { emitBehaviour, type BehaviourValues } from '../experts/behaviour.js';
import { emitEvidence, type EvidenceFit } from '../experts/evidence.js';
import type { Form } from '../experts/form.js';
import { emitDistancePart, emitInputTransform, type InputTransform } from '../experts/input-transform.js';
import { emitNeighbours } from '../experts/neighbours.js';
import { columns } from '../experts/operators.js';
import type { ReferenceStore } from '../experts/reference-store.js';
import type { TrainingWindow } from '../training/window.js';
import { singleColumn, type ColumnSet } from './column-set.js';
import { runStage, type ColumnSets, type StageHooks } from './staged-run.js';

const CHUNK = 1024;
/** Distances in one run: 10 MB of float32. */
const DISTANCES_PER_RUN = 2_500_000;

/** Columns of every row that do not depend on other rows: Xi and the behaviour. */
export type Signals = ColumnSets<'transformed' | 'anchor' | 'figures' | 'centred' | 'logProbabilities' | 'predicted'>;
/** What the nearest labelled inputs say (see NeighbourValues). */
export type Neighbours = ColumnSets<'affinities' | 'spread' | 'contrast'>;
/** The columns of the experts (see EvidenceValues). */
export type Evidence = ColumnSets<'score' | 'summary' | 'netInputs' | 'poolLogits'>;

/** Writes what follows from a feature vector (N x width) alone. */
export function emitSignals(
  graph: GraphBuilder, features: Value, form: Form, transform: InputTransform,
): { transformed: Value | null; behaviour: BehaviourValues | null } {
  const inputs = inputColumns(graph, features, form);
  const behaviour = form.behaviour.kind === 'none'
    ? null
    : emitBehaviour(graph, columns(graph, features, form.inputWidth, form.width), form);
  return { transformed: emitInputTransform(graph, inputs, transform), behaviour };
}

function inputColumns(graph: GraphBuilder, features: Value, { inputWidth }: Form): Value | null {
  return inputWidth === 0 ? null : columns(graph, features, 0, inputWidth);
}

const NO_BEHAVIOUR = { anchor: null, figures: null, centred: null, logProbabilities: null, predicted: null } as const;

/** Feature vectors. */
type VectorRows = Pick<TrainingWindow, 'rows' | 'width' | 'features'>;

/** First stage. */
export function computeSignals(window: VectorRows, form: Form, transform: InputTransform, hooks: StageHooks): Promise<Signals> {
  const { rows, width, features } = window;
  return runStage({
    rows, chunk: CHUNK, feeds: { features: { width, data: features } },
    emit: (graph, inputs) => {
      const { transformed, behaviour } = emitSignals(graph, inputs.features!, form, transform);
      return { transformed, ...(behaviour ?? NO_BEHAVIOUR) };
    },
  }, hooks);
}

/** Xi alone: for inputs that are read another way, the rest of the first stage stays as it is. */
export async function computeInputs({ rows, width, features }: VectorRows, form: Form, transform: InputTransform, hooks: StageHooks): Promise<ColumnSet> {
  const { transformed } = await runStage({
    rows, chunk: CHUNK, feeds: { features: { width, data: features } },
    emit: (graph, inputs) => ({ transformed: emitInputTransform(graph, inputColumns(graph, inputs.features!, form), transform) }),
  }, hooks);
  if (transformed === null) throw new Error('standardized inputs have a column');
  return transformed;
}

/** Second stage: the stored rows leave themselves out. `points`: where the rows lie. */
export function computeNeighbours(
  rows: number, form: Form, { points, predicted }: ColumnSets<'points' | 'predicted'>, transform: InputTransform, store: ReferenceStore | null, hooks: StageHooks,
): Promise<Neighbours> {
  const positions = store?.positions ?? new Int32Array(rows);
  const feeds = {
    points,
    predicted,
    position: singleColumn(positions.map((position) => Math.max(0, position))),
    penalty: singleColumn(Float32Array.from(positions, (position) => (position < 0 ? 0 : NO_POINT))),
  };
  return runStage({
    rows, chunk: Math.min(CHUNK, Math.max(16, Math.floor(DISTANCES_PER_RUN / Math.max(1, store?.size ?? 1)))), feeds,
    emit: (graph, inputs) => {
      const { position, penalty } = inputs;
      const part = inputs.points === null ? null : emitDistancePart(graph, inputs.points, transform);
      return { ...emitNeighbours(graph, form, { points: part, predicted: inputs.predicted, like: position! }, store, { position: position!, penalty: penalty! }) };
    },
  }, hooks);
}

/** Third stage. */
export function computeEvidence(
  rows: number, form: Form, signals: Signals, neighbours: Neighbours, fit: EvidenceFit, hooks: StageHooks,
): Promise<Evidence> {
  return runStage({
    rows, chunk: CHUNK, feeds: { ...signals, ...neighbours },
    emit: (graph, inputs) => {
      const { transformed, anchor, figures, centred, logProbabilities, predicted } = inputs;
      const behaviour = anchor === null || figures === null || centred === null ? null : { anchor, figures, centred, logProbabilities, predicted };
      const seen = { affinities: inputs.affinities!, spread: inputs.spread!, contrast: inputs.contrast! };
      return { ...emitEvidence(graph, { form, behaviour, neighbours: seen, transformed, transformedWidth: signals.transformed?.width ?? 0 }, fit) };
    },
  }, hooks);
}
