import { ApiError, wordsOf } from './api.js';
import { storeKey } from './admin-key.js';
import { h, on } from './dom.js';
import { toast } from './toast.js';

/** Asks before something that others will notice; resolves with the answer. */
export function confirmed(title: string, words: string, action: string): Promise<boolean> {
  const yes = h('button', { type: 'submit', value: 'yes', class: 'primary' }, action);
  const form = h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), h('p', {}, words), h('div', { class: 'row end' }, h('button', { type: 'submit', value: 'no' }, 'Cancel'), yes));
  return shown(form, yes).then((answer) => answer === 'yes');
}

/** Asks for the admin key; resolves with it, or null. */
export function askedKey(): Promise<string | null> {
  const field = h('input', { type: 'password', name: 'key', required: true, minlength: 16, autocomplete: 'off', 'aria-label': 'Admin key' });
  const form = h(
    'form', { method: 'dialog' },
    h('h2', { id: 'dialog-title' }, 'Admin key'),
    h('p', {}, 'This server asks for its admin key (METAERR_ADMIN_KEY) before it promotes, retrains or cancels. It is kept in this tab only.'),
    field,
    h('div', { class: 'row end' }, h('button', { type: 'submit', value: 'no', formnovalidate: true }, 'Cancel'), h('button', { type: 'submit', value: 'yes', class: 'primary' }, 'Continue')),
  );
  return shown(form, field).then((answer) => (answer === 'yes' && field.value !== '' ? field.value : null));
}

/** Does what an operator asked for; where the server wants the admin key, asks for it once and tries again. Says what went wrong. */
export async function asOperator<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.status !== 401) return refused(thrown);
  }
  const key = await askedKey();
  if (key === null) return null;
  storeKey(key);
  try {
    return await action();
  } catch (thrown) {
    return refused(thrown);
  }
}

function refused(thrown: unknown): null {
  toast(wordsOf(thrown), 'bad');
  return null;
}

function shown(form: HTMLFormElement, first: HTMLElement): Promise<string> {
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  document.body.append(dialog);
  const before = document.activeElement;
  return new Promise((resolve) => {
    on(dialog, 'close', () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
    dialog.showModal();
    first.focus();
  });
}
