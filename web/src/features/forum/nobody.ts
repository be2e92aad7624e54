/** Stands where the account of an author is gone. */
export const nobody = { first_name: '–', last_name: '' } as const
