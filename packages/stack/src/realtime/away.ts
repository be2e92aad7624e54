import pg from 'pg'

/** Not a fault of what was asked: no connection, no resources, shutting down. */
export const isAway = (error: unknown) =>
  !(error instanceof pg.DatabaseError) || (/^(08|53|57)/.test(error.code ?? '') && error.code !== '57014')

/** A slot whose last reader has not quite gone. */
export const isBusy = (error: unknown) => error instanceof pg.DatabaseError && error.code === '55006'
