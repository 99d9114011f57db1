const NAMES = ['ink', 'soft', 'faint', 'line', 'line-strong', 'surface', 'predicted', 'predicted-soft', 'observed', 'observed-soft', 'baseline', 'challenger', 'volume'] as const;

export type Colors = Readonly<Record<(typeof NAMES)[number], string>>;

/** The colours of the theme that is shown; a canvas cannot follow a style sheet by itself. */
export function currentColors(): Colors {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colors;
}

export const FONT = '11px Inter, system-ui, sans-serif';
