import type { Marked } from '@p2p/contracts'
import { Fragment } from 'react'
import styles from './search.module.css'

/** A text in which what was asked for stands out. */
export const MarkedText = ({ pieces }: { pieces: Marked }) =>
  pieces.map(({ text, hit }, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity and never move
    <Fragment key={place}>
      {place > 0 && ' '}
      {hit ? <mark className={styles.hit}>{text}</mark> : text}
    </Fragment>
  ))
