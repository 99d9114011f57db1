import { createServer, request as httpRequest } from 'node:http';
import type { Route } from 'playwright-core';
import t, { type Test } from 'tap';
import { startApp, type TestApp } from '../support/http-app.js';
import { listenOnLoopback } from '../support/http-loopback.js';
import { listen, openPage, PATIENCE_MILLISECONDS, startBrowser } from '../support/ui-browser.js';
import { CLASSES, UI_MODELS } from '../support/ui-models.js';
import { fillForPage } from '../support/ui-traffic.js';
import { within } from '../support/within.js';

const KEY = 'a-key-of-the-operator';
const browser = await startBrowser(t);

async function start(t: Test, env: Readonly<Record<string, string>> = {}) {
  const app = await startApp(t, { models: UI_MODELS, env });
  await fillForPage(app);
  const origin = await listen(app);
  return { ...app, origin, ...(await openPage(t, browser, origin)) };
}

/** The unlabelled predictions of a model, riskiest first, as the queue has them. */
async function riskiest({ system }: TestApp, model: string, limit = 5) {
  return (await system.predictionSearch.search({ model, version: null, order: 'risk', labelled: false, from: null, to: null, limit, exploration: 0, cursor: null })).predictions;
}

const truthsOf = async ({ system }: TestApp, id: string) => (await system.ledger.prediction(id))[0]?.groundTruths.map(({ kind, value, source, current }) => ({ kind, value, source, current }));

t.test('ground truth by keys, by clicks, and corrected', async (t) => {
  const { page, origin, faults, ...app } = await start(t);
  const [first, second, third, fourth] = await riskiest(app, 'animals');
  await page.goto(`${origin}/ui/#/models/animals/review`);
  await page.waitForSelector('.card canvas.picture');
  await page.keyboard.press('3');
  await page.waitForSelector('.toast >> text=fox');
  t.same(await truthsOf(app, first?.id ?? ''), [{ kind: 'label', value: 'fox', source: 'ui', current: true }], 'durable when the page says so');

  await page.waitForSelector(`.card .facts >> text=${second?.id}`);
  await page.click('.answers [data-label="hare"]');
  await page.waitForSelector('.toast >> text=hare');
  t.same(await truthsOf(app, second?.id ?? ''), [{ kind: 'label', value: 'hare', source: 'ui', current: true }]);

  await page.waitForSelector(`.card .facts >> text=${third?.id}`);
  await page.keyboard.press('u');
  await page.waitForSelector(`.card .facts >> text=${second?.id}`);
  t.equal(await page.locator('.answers [data-known]').textContent(), '5hare');
  await page.keyboard.press('1');
  await page.waitForSelector('.toast >> text=cat');
  t.same((await truthsOf(app, second?.id ?? ''))?.filter(({ current }) => current), [{ kind: 'label', value: 'cat', source: 'ui', current: true }], 'the later answer counts');

  await page.waitForSelector(`.card .facts >> text=${third?.id}`);
  await page.keyboard.press('j');
  await page.waitForSelector(`.card .facts >> text=${fourth?.id}`);
  await page.keyboard.press('ArrowUp');
  await page.waitForSelector(`.card .facts >> text=${third?.id}`);
  await page.keyboard.press('Enter');
  await within(PATIENCE_MILLISECONDS, async () => (await truthsOf(app, third?.id ?? ''))?.length === 1);
  t.match(await truthsOf(app, third?.id ?? ''), [{ value: third?.label ?? '' }], 'as predicted');
  await page.waitForSelector(`.card .facts >> text=${fourth?.id}`);
  await page.keyboard.press('x');
  await page.waitForSelector('.toast >> text=wrong');
  t.match(await truthsOf(app, fourth?.id ?? ''), [{ kind: 'correct', value: 'false' }]);
  t.same(faults, []);
});

t.test('a list that came late does not take the place of a newer one', async (t) => {
  const { page, origin, faults, system } = await start(t);
  const first = async (order: 'risk' | 'time') =>
    (await system.predictionSearch.search({ model: 'animals', version: null, order, labelled: false, from: null, to: null, limit: 1, exploration: 0, cursor: null })).predictions[0]?.id;
  const [riskiest, newest] = [await first('risk'), await first('time')];
  t.not(riskiest, newest);
  // The first load is held back until the second one is on the page.
  const held = await new Promise<Route>((resolve, reject) => {
    page.route(/order=risk/, resolve).then(() => page.goto(`${origin}/ui/#/models/animals/review`)).catch(reject);
  });
  await page.selectOption('select[aria-label="Order"]', 'time');
  await page.waitForSelector(`.card .facts >> text=${newest}`);
  // Where the page has given it up there is nothing to go on with, and no response.
  await held.continue().catch(() => undefined);
  await (await held.request().response())?.finished();
  // What came of it, if anything, is on the page before what is asked for now.
  await page.evaluate("fetch('../healthz').then((reply) => reply.text())");
  t.equal(await page.locator('.queue-list button').first().getAttribute('data-key'), `${newest} 0`);
  t.same(faults, []);
});

t.test('the picture is the one that was sent', async (t) => {
  const { page, origin, ...app } = await start(t);
  const [first] = await riskiest(app, 'animals');
  await page.goto(`${origin}/ui/#/models/animals/review`);
  await page.waitForSelector('.card canvas.picture');
  const grey = await page.evaluate<number[]>(`{
    const canvas = document.querySelector('.card canvas.picture');
    Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).filter((_, i) => i % 4 === 0)
  }`);
  const [pixels] = JSON.parse(first?.inputs ?? '[]') as number[][][];
  t.same(grey, pixels?.flat().map((value) => Math.round(value * 255)));
});

t.test('the value of a regression in its field', async (t) => {
  const { page, origin, faults, ...app } = await start(t);
  const [first] = await riskiest(app, 'price');
  await page.goto(`${origin}/ui/#/models/price/review`);
  await page.fill('.answer-form input', '12.5');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.toast >> text=12.5');
  t.same(await truthsOf(app, first?.id ?? ''), [{ kind: 'value', value: '12.5', source: 'ui', current: true }]);
  t.same(faults, []);
});

t.test('roll back and promote by clicks, with the admin key', async (t) => {
  const { page, origin, faults, system } = await start(t, { METAERR_ADMIN_KEY: KEY });
  const serving = () => system.catalogue.loaded('animals').meta?.version;
  t.equal(serving(), 2);
  await page.goto(`${origin}/ui/#/models/animals`);
  await page.click('[data-version="1"] >> text=Roll back');
  await page.click('dialog >> text=Cancel');
  t.equal(serving(), 2, 'not without a yes');
  await page.click('[data-version="1"] >> text=Roll back');
  await page.click('dialog .primary');
  await page.fill('dialog input[type=password]', 'not-the-key-of-it');
  await page.click('dialog .primary');
  await page.waitForSelector('.toast.bad');
  t.equal(serving(), 2, 'not without the key');
  await page.click('[data-version="1"] >> text=Roll back');
  await page.click('dialog .primary');
  await page.fill('dialog input[type=password]', KEY);
  await page.click('dialog .primary');
  await page.waitForSelector('[data-version="1"] >> text=champion');
  t.equal(serving(), 1);
  await page.click('[data-version="2"] >> text=Promote');
  await page.click('dialog .primary');
  await page.waitForSelector('[data-version="2"] >> text=champion');
  t.equal(serving(), 2, 'the key is kept in the tab');
  t.same(faults.filter((fault) => !/status of 401/.test(fault)), []);
});

t.test('a retraining by click is followed to its end', async (t) => {
  const { page, origin, faults, system } = await start(t);
  await page.goto(`${origin}/ui/#/models/table`);
  await page.click('button:text-is("Retrain")');
  await page.waitForSelector('.job');
  const [job] = await system.queue.list({ model: 'table', limit: 1 });
  const ended = await system.queue.ended(job?.id ?? '');
  await page.waitForSelector(`.job >> text=${ended.result?.reason ?? ended.error ?? ''}`);
  t.same(faults, []);
});

t.test('behind a path prefix', async (t) => {
  const { origin } = await start(t);
  const proxy = createServer((incoming, reply) => {
    const path = incoming.url ?? '';
    if (!path.startsWith('/metaerr/')) return void reply.writeHead(404).end();
    const forward = httpRequest(`${origin}${path.slice('/metaerr'.length)}`, { method: incoming.method, headers: incoming.headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    incoming.pipe(forward);
  });
  const { url: outside } = await listenOnLoopback(t, proxy);
  const { page, faults } = await openPage(t, browser, outside);
  await page.goto(`${outside}/metaerr/ui`);
  t.equal(new URL(page.url()).pathname, '/metaerr/ui/');
  await page.click('.model >> text=animals');
  await page.waitForSelector('.classes');
  t.equal(await page.locator('.classes tbody tr').count(), CLASSES.length);
  t.same(faults, []);
});
