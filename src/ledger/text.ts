const NOT_STORABLE = /[\0\p{Surrogate}]/u;

/**
 * The text as every store keeps it: NUL and lone surrogates, which SQLite's text or UTF-8 cannot hold, become U+FFFD. Texts are brought
 * to this form before they are compared, so that a comparison does not depend on whether one of them has been stored.
 */
export function storableText(text: string): string {
  if (!NOT_STORABLE.test(text)) return text;
  return Buffer.from(text).toString().replaceAll('\0', '\ufffd');
}
