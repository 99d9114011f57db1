/** Where the page is; the address bar says it, so that it can be shared. */
export type Place =
  | { readonly view: 'models' }
  | { readonly view: 'overview' | 'review' | 'setup'; readonly model: string };

const VIEWS = ['overview', 'review', 'setup'] as const;

export function placeOf(hash: string): Place {
  const [first, model, view] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (first !== 'models' || model === undefined || model === '') return { view: 'models' };
  return { view: VIEWS.find((each) => each === view) ?? 'overview', model };
}

export function addressOf(place: Place): string {
  if (place.view === 'models') return '#/';
  const rest = place.view === 'overview' ? '' : `/${place.view}`;
  return `#/models/${encodeURIComponent(place.model)}${rest}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
