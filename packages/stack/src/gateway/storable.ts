const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]\w\w)/i

/** Whether Postgres has a place for all the text in it: not for U+0000, nor for one half of a surrogate pair. */
export const isStorable = (json: unknown): boolean => !unstorable.test(JSON.stringify(json) ?? '')
