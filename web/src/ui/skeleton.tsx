import styles from './skeleton.module.css'

type Size = { width?: string; height?: string; round?: boolean }

/** The shape of something that is still on its way. */
export function Skeleton({ width = '100%', height = '1rem', round = false }: Size) {
  return (
    <span
      className={styles.shape}
      data-loading
      data-round={round || undefined}
      style={{ inlineSize: width, blockSize: height }}
      aria-hidden="true"
    />
  )
}

type Rows = { label: string; rows: number; kind: 'row' | 'post' }

/** A list of rows or posts before its data is there, in the same places. */
export function SkeletonList({ label, rows, kind }: Rows) {
  return (
    <div role="status" aria-label={label} className={styles.list}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no identity and never move
        <div key={row} className={styles.row} data-kind={kind}>
          <Skeleton width="2.5rem" height="2.5rem" round />
          <div className={styles.lines}>
            <Skeleton width={kind === 'post' ? '35%' : '70%'} />
            <Skeleton width={kind === 'post' ? '100%' : '45%'} height="0.75rem" />
            {kind === 'post' && <Skeleton width="80%" height="0.75rem" />}
          </div>
        </div>
      ))}
    </div>
  )
}
