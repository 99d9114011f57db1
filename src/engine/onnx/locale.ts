import { encodeAttribute } from './messages.js';
import { readModel, type OnnxNode } from './model-reader.js';
import { rewriteModel } from './rewrite.js';

/** Always there with glibc, and knows the letters of all of Unicode, as the locale that the engine takes by default does where it is installed. */
export const PORTABLE_LOCALE = 'C.UTF-8';

/** Whether the engine refused a model for a locale that this system lacks. */
export function isMissingLocale(message: string): boolean {
  return message.includes('Failed to construct locale');
}

function lacksLocale({ opType, domain, attributes }: OnnxNode): boolean {
  return opType === 'StringNormalizer' && domain === '' && (attributes.string('locale') ?? '') === '';
}

/** The model with a portable locale for every operator of the main graph that asks for none; null when there is none. */
export function withPortableLocale(bytes: Uint8Array): Uint8Array | null {
  if (!readModel(bytes).nodes.some(lacksLocale)) return null;
  const locale = encodeAttribute('locale', PORTABLE_LOCALE);
  return rewriteModel(bytes, {
    dropNode: () => false,
    moreAttributes: (node) => (lacksLocale(node) ? [locale] : []),
    renamed: new Map(),
    output: () => 'keep',
    nodes: [],
    outputs: [],
  });
}
