import { MemberFilter } from '@p2p/contracts'

/** What an address asks for; one that means nothing asks for everybody. The router hands on what it does not know. */
export const readFilter = (search: object): MemberFilter => MemberFilter.catch({}).parse(search)
