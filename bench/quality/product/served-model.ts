import { FEATURE_OUTPUTS } from '../../../src/meta/features/layout.js';
import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import type { BaseModel } from '../bases/base-model.js';
import { FeatureChain, wantedTensor } from './feature-chain.js';
import { emptyLog } from './logged-rows.js';
import type { LoggedRows } from './logged-rows.js';

/** A base model with the product's feature graph behind it. */
export interface ServedModel {
  readonly behaviour: BehaviourLayout;
  /** Runs rows (rows x width, row-major) as the service would. */
  log(values: Float32Array, rows: number): Promise<LoggedRows>;
  release(): Promise<void>;
}

/** What the scores of a base model are, and the shape of one of its rows. */
interface RowForm {
  readonly kind: BaseModel['kind'];
  readonly classes: number;
  readonly shape: readonly number[];
}

class DirectModel implements ServedModel {
  readonly #chain: FeatureChain;
  readonly #form: RowForm;

  constructor(chain: FeatureChain, form: RowForm) {
    this.#chain = chain;
    this.#form = form;
  }

  get behaviour(): BehaviourLayout {
    return this.#chain.layout.behaviour;
  }

  async log(values: Float32Array, rows: number): Promise<LoggedRows> {
    const { kind, classes, shape } = this.#form;
    const { width, inputWidth } = this.#chain.layout;
    const logged = emptyLog({ rows, width, inputWidth, classes, kind });
    for await (const { start, features, output } of this.#chain.run(values, rows, shape)) {
      logged.features.set(wantedTensor(features, FEATURE_OUTPUTS.features, 'float32').data, start * width);
      logged.predicted.set(Int32Array.from(wantedTensor(features, FEATURE_OUTPUTS.classes, 'int64').data, Number), start);
      logged.coldStart.set(wantedTensor(features, FEATURE_OUTPUTS.coldStart, 'float32').data, start);
      logged.scores.set(output, start * classes);
    }
    return logged;
  }

  release(): Promise<void> {
    return this.#chain.release();
  }
}

/** Opens a base model with the product's feature graph. `shape`: of one row. */
export async function serveModel({ onnx, kind }: BaseModel, shape: readonly number[], classes: number): Promise<ServedModel> {
  return new DirectModel(await FeatureChain.open(onnx, { kind, classes }), { kind, classes, shape });
}
