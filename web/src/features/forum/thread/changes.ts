import { diffArrays } from 'diff'

export type Change = { words: string; is: 'same' | 'added' | 'removed' }

// Words as Unicode knows them: splitting at Latin letters would take Arabic apart letter by letter.
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
const wordsOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment)

/** What was taken out of a text and put in, word by word. */
export const changesBetween = (before: string, after: string): Change[] =>
  diffArrays(wordsOf(before), wordsOf(after)).map(({ value, added, removed }) => ({
    words: value.join(''),
    is: added ? 'added' : removed ? 'removed' : 'same',
  }))
