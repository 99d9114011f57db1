/** A query and the name of what it shows. */
export type Query = readonly [expression: string, legend: string];

export interface PanelSpec {
  readonly kind: 'stat' | 'timeseries';
  readonly title: string;
  /** What a reader should know. */
  readonly about?: string;
  /** Unit of Grafana: short, percentunit, s, bytes, reqps. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of a stat: from which value it is shown in which colour; the first is the colour of what is less. */
  readonly steps?: readonly (readonly [color: string, from: number | null])[];
  /** 24 is the whole width. */
  readonly width: number;
}

/** Panels under a heading; they fill rows from the left. */
export interface SectionSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  /** The metric whose `model` label gives the choices of $model; null for a dashboard of all models. */
  readonly modelsOf: string | null;
  readonly from: string;
  readonly sections: readonly SectionSpec[];
}

export const stat = (title: string, width: number, unit: string, expression: string, more: Partial<PanelSpec> = {}): PanelSpec => ({ kind: 'stat', title, width, unit, queries: [[expression, '']], ...more });
export const graph = (title: string, width: number, unit: string, queries: readonly Query[], about = ''): PanelSpec => ({ kind: 'timeseries', title, width, unit, queries, about });

const SOURCE = { type: 'prometheus', uid: 'metaerr-prometheus' };
const HEIGHTS = { stat: 4, timeseries: 8 };
const COLUMNS = 24;

/** A dashboard as Grafana provisions it. */
export function dashboardJson({ uid, title, modelsOf, from, sections }: DashboardSpec): string {
  const panels: object[] = [];
  let y = 0;
  for (const { title: heading, panels: specs } of sections) {
    panels.push({ id: panels.length + 1, type: 'row', title: heading, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] });
    y += 1;
    let x = 0;
    let height = 0;
    for (const spec of specs) {
      if (x + spec.width > COLUMNS) {
        x = 0;
        y += height;
        height = 0;
      }
      panels.push({ id: panels.length + 1, ...panelJson(spec), gridPos: { x, y, w: spec.width, h: HEIGHTS[spec.kind] } });
      x += spec.width;
      height = Math.max(height, HEIGHTS[spec.kind]);
    }
    y += height;
  }
  const dashboard = {
    uid, title, tags: ['metaerr'], timezone: 'browser', schemaVersion: 41, version: 1, editable: false, graphTooltip: 1, refresh: '30s', time: { from, to: 'now' },
    annotations: { list: [] }, links: [{ type: 'dashboards', tags: ['metaerr'], title: 'MetaErr', asDropdown: false, includeVars: false, keepTime: true, targetBlank: false, icon: 'dashboard', tooltip: '', url: '' }],
    templating: { list: modelsOf === null ? [] : [modelVariable(modelsOf)] }, panels,
  };
  return `${JSON.stringify(dashboard, null, 1)}\n`;
}

function panelJson({ kind, title, about = '', unit, queries, steps = [['green', null]] }: PanelSpec): object {
  const targets = queries.map(([expr, legendFormat], i) => ({ refId: String.fromCharCode(65 + i), datasource: SOURCE, expr, legendFormat, ...(kind === 'stat' && { instant: true }) }));
  const thresholds = { mode: 'absolute', steps: steps.map(([color, value]) => ({ color, value })) };
  const custom = { lineWidth: 1, fillOpacity: 5, showPoints: 'never', drawStyle: 'line', stacking: { mode: 'none', group: 'A' } };
  const options = kind === 'stat'
    ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value', graphMode: 'none', textMode: 'auto', justifyMode: 'auto', orientation: 'auto' }
    : { legend: { displayMode: 'list', placement: 'bottom', calcs: [] }, tooltip: { mode: 'multi', sort: 'desc' } };
  const defaults = kind === 'stat' ? { unit, thresholds } : { unit, custom };
  return { type: kind, title, description: about, datasource: SOURCE, targets, fieldConfig: { defaults, overrides: [] }, options };
}

function modelVariable(metric: string): object {
  const definition = `label_values(${metric}, model)`;
  return {
    name: 'model', label: 'Model', type: 'query', datasource: SOURCE, query: { query: definition, refId: 'model' }, definition,
    refresh: 2, includeAll: false, multi: false, sort: 1, current: {}, options: [],
  };
}
