import { button } from './dom.js';

export type Theme = 'auto' | 'light' | 'dark';

const NAME = 'metaerr-theme';
const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const SIGNS: Readonly<Record<Theme, string>> = { auto: '◐', light: '☀', dark: '☾' };

/** Told when the colours have changed: what is drawn on a canvas has to be drawn again. */
export const themeChanges = new EventTarget();

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(NAME);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

/** `auto` follows the system. */
export function applyTheme(theme: Theme): void {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = theme === 'auto' ? system : theme;
  themeChanges.dispatchEvent(new Event('change'));
}

export function themeSwitch(): HTMLButtonElement {
  const show = (): void => {
    const theme = chosenTheme();
    control.textContent = SIGNS[theme];
    control.title = `Colours: ${theme}`;
    control.setAttribute('aria-label', `Colours: ${theme}. Change`);
  };
  const control = button('', () => {
    localStorage.setItem(NAME, NEXT[chosenTheme()]);
    applyTheme(chosenTheme());
    show();
  }, { class: 'icon' });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => applyTheme(chosenTheme()));
  show();
  return control;
}
