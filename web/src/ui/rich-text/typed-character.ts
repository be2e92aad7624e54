type Press = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean }

/**
 * What a press of a key writes; null for a key that writes nothing, whose name is of Latin letters ("Enter"). The Arabic
 * keyboard has a key that writes two letters.
 */
export const typedCharacter = ({ key, ctrlKey, metaKey, altKey }: Press): string | null =>
  !(ctrlKey || metaKey || altKey) && /^(.|\P{ASCII}+)$/u.test(key) ? key : null
