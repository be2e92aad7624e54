import { fullName } from '../../../ui/person.tsx'

/** A name inside a sentence of the other script: isolated, so that neither turns the other around. */
export const named = (person: Parameters<typeof fullName>[0]) => `\u2068${fullName(person)}\u2069`
