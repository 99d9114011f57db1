import { get, modelPath, wordsOf } from '../api.js';
import { fill, h } from '../dom.js';
import { panel } from '../panels/panel.js';
import type { ModelDetail, TensorInfo } from '../types.js';
import { ModelHead } from './model-head.js';
import type { View } from './view.js';

/** What the service knows and assumed of a model. */
export function setupView(model: string): View {
  const head = new ModelHead({ view: 'setup', model });
  const assumed = panel('Assumed', 'where metaerr.yaml is silent', 'w6');
  const signature = panel('Signature', 'as served', 'w6');
  const configuration = panel('Configuration', 'metaerr.yaml, completed', 'w12');
  const element = h('div', { class: 'page' }, head.element, h('div', { class: 'grid' }, ...[signature, assumed, configuration].map((each) => each.element)));
  const stopped = new AbortController();

  const show = (detail: ModelDetail): void => {
    head.show(detail, null);
    if (detail.assumptions.length === 0) assumed.empty('Nothing: metaerr.yaml and the model say it all.');
    else fill(assumed.body, h('ul', { class: 'plain' }, ...detail.assumptions.map((each) => h('li', {}, each))));
    if (detail.signature === null || detail.configuration === null) {
      signature.empty(detail.reason ?? 'The model is not loaded.');
      configuration.empty('The model is not loaded.');
      return;
    }
    const rows = [...detail.signature.inputs.map((each) => tensorRow('input', each)), ...detail.signature.outputs.map((each) => tensorRow('output', each))];
    const shown = detail.pictures.map(({ input, height, width, channels }) => `${input} is shown as a picture of ${height ?? '?'} × ${width ?? '?'}, ${channels} channels`);
    fill(signature.body, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Signature' }, h('table', {}, h('tbody', {}, ...rows))), ...shown.map((words) => h('p', { class: 'small faint' }, words)), h('p', { class: 'small faint clip mono', title: detail.digest ?? '' }, `sha256 ${detail.digest ?? ''}`));
    fill(configuration.body, h('pre', { tabindex: 0 }, JSON.stringify(detail.configuration, null, 2)));
  };
  const ask = (): void => {
    get<ModelDetail>(modelPath(model), {}, stopped.signal).then(show, (thrown: unknown) => !stopped.signal.aborted && head.fail(wordsOf(thrown)));
  };
  ask();
  return { element, title: `${model}, setup`, refresh: ask, key: () => false, stop: () => stopped.abort() };
}

function tensorRow(kind: string, { name, type, dims }: TensorInfo): HTMLElement {
  return h('tr', {}, h('td', { class: 'faint small' }, kind), h('td', { class: 'strong' }, name), h('td', { class: 'mono soft' }, `${type} [${dims.map((dim) => dim ?? '?').join(', ')}]`));
}
