import { placeOf, type Place } from './router.js';
import { Shell } from './shell.js';
import { modelsView } from './views/models.js';
import { overviewView } from './views/overview.js';
import { reviewView } from './views/review.js';
import { setupView } from './views/setup.js';
import type { View } from './views/view.js';

let view: View | null = null;
const shell = new Shell(() => view?.refresh());

function viewOf(place: Place): View {
  switch (place.view) {
    case 'models':
      return modelsView();
    case 'overview':
      return overviewView(place.model);
    case 'review':
      return reviewView(place.model);
    case 'setup':
      return setupView(place.model);
  }
}

function open(): void {
  view?.stop();
  const place = placeOf(location.hash);
  view = viewOf(place);
  document.title = `${view.title} · MetaErr`;
  shell.show(place, view.element);
  scrollTo(0, 0);
}

/** Keys of a view hold where nothing else takes them: not in fields, dialogs, or with a modifier. */
function pressed(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (target?.closest('input:not([type=checkbox]), select, textarea, dialog') != null) return;
  // Enter and space press what has the focus, but for the entry that is shown already.
  if ((event.key === 'Enter' || event.key === ' ') && target?.closest('a, button, summary, input') != null && target.closest('[aria-current=true]') === null) return;
  if (view?.key(event) === true) event.preventDefault();
}

document.querySelector('#app')?.append(shell.element);
addEventListener('hashchange', open);
addEventListener('keydown', pressed);
open();
