import t from 'tap';
import { startApp } from '../support/http-app.js';
import { addMetaModel } from '../support/http-meta-models.js';
import { labelItem } from '../support/ledger-data.js';
import { seriousFindings } from '../support/ui-accessibility.js';
import { listen, openPage, overflow, startBrowser } from '../support/ui-browser.js';
import { UI_MODELS } from '../support/ui-models.js';
import { fillForPage } from '../support/ui-traffic.js';

/** A view, and what is there once it has been drawn. */
const VIEWS = [
  ['models', '#/', '.model .spark svg'],
  ['overview', '#/models/animals', '.grid .uplot >> nth=2'],
  ['review with pictures', '#/models/animals/review', '.card canvas.picture'],
  ['review of table rows', '#/models/table/review', '.card .inputs'],
  ['review of a regression', '#/models/price/review', '.card .answer-form'],
  ['setup', '#/models/animals/setup', '.grid pre'],
  ['overview of a model without traffic', '#/models/quiet', '.grid .empty >> nth=5'],
  ['overview of a model that is not loaded', '#/models/broken', '.notice.bad'],
] as const;

const browser = await startBrowser(t);

t.test('every view at both widths and in both colours', async (t) => {
  const app = await startApp(t, { models: UI_MODELS });
  await fillForPage(app);
  const origin = await listen(app);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      const { page, faults } = await openPage(t, browser, origin, { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
      for (const [name, hash, drawn] of VIEWS) {
        const title = `${name}, ${width} px, ${colorScheme}`;
        await page.goto(`${origin}/ui/${hash}`);
        await page.waitForSelector(drawn);
        t.ok((await overflow(page)) <= 0, `${title}: nothing to scroll sideways`);
        t.same(await seriousFindings(page), [], `${title}: accessible`);
        t.equal(await page.getAttribute('html', 'data-theme'), colorScheme);
        // What is not loaded has no threshold and no report.
        t.same(faults.splice(0).filter((fault) => !(hash.includes('broken') && /status of 503/.test(fault))), [], `${title}: no fault`);
      }
    }
  }
});

t.test('a label-free meta-model says that it is one', async (t) => {
  const app = await startApp(t, { models: UI_MODELS });
  await fillForPage(app);
  const version = await addMetaModel(app, 'table', 0.2, { rows: 0, failures: 0, from: 0, to: 0, seed: 1, unlabelledRows: 60 });
  await app.system.retraining.promote('table', version);
  const origin = await listen(app);
  const { page, faults } = await openPage(t, browser, origin);
  await page.goto(`${origin}/ui/#/models/table`);
  await page.waitForSelector('.notice.calm >> text=learnt from predictions alone');
  await page.waitForSelector('td >> text=60 predictions');
  await page.waitForSelector('td >> text=no label');
  t.match(await page.textContent('.model-head'), /meta-model v1, label-free/);
  t.same(faults, []);
});

t.test('labels that are no class of the model are told', async (t) => {
  const app = await startApp(t, { models: UI_MODELS });
  await fillForPage(app);
  const { predictions } = await app.system.predictionSearch.search({ model: 'table', version: null, order: 'time', labelled: false, from: null, to: null, limit: 100, exploration: 0, cursor: null });
  await app.system.ledger.record(predictions.map(({ id }) => labelItem(id, 'Small')));
  const origin = await listen(app);
  const { page, faults } = await openPage(t, browser, origin);
  await page.goto(`${origin}/ui/#/models/table`);
  t.match(await page.textContent('.notice.calm >> text=no class of this model'), /^The ground truth of 60 of 120 labelled predictions is no class of this model \(Small\).* written small, <img/);
  t.same(await seriousFindings(page), []);
  await page.goto(`${origin}/ui/#/models/animals`);
  await page.waitForSelector('.grid .uplot >> nth=2');
  t.equal(await page.locator('text=no class of this model').count(), 0);
  t.same(faults, []);
});

t.test('an empty repository, and a server that goes away', async (t) => {
  const app = await startApp(t, { models: {}, services: () => ({ missing: () => ['Redis does not answer'] }) });
  const origin = await listen(app);
  const { page } = await openPage(t, browser, origin);
  await page.goto(`${origin}/ui/`);
  await page.waitForSelector('text=The model repository is empty');
  await page.waitForSelector('.notice >> text=Redis does not answer');
  t.match(await page.textContent('.live'), /live/);
  await app.app.close();
  await page.waitForSelector('.notice.bad >> text=The server does not answer');
  t.match(await page.textContent('.live'), /no answer/);
});

t.test('texts of models are texts, and the colours can be chosen', async (t) => {
  const app = await startApp(t, { models: UI_MODELS });
  await fillForPage(app);
  const origin = await listen(app);
  const { page, faults } = await openPage(t, browser, origin, { colorScheme: 'light' });
  await page.goto(`${origin}/ui/#/models/table`);
  await page.waitForSelector('.classes >> text=<img');
  t.equal(await page.locator('main img').count(), 0);
  t.match(await page.title(), /^table/);
  await page.click('[aria-label^="Colours"]');
  await page.click('[aria-label^="Colours: light"]');
  t.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  await page.reload();
  t.equal(await page.getAttribute('html', 'data-theme'), 'dark', 'kept');
  t.same(faults, []);
});
