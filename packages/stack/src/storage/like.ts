/** A text that `like` takes for itself. */
export const likePattern = (text: string) => text.replace(/[\\%_]/g, '\\$&')
