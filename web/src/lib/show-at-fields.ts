import { refusalOf } from './sentence.ts'

type SetError<Name> = (name: Name, fault: { message: string }, how: { shouldFocus: boolean }) => void

/** Puts what was refused at the fields it speaks of, among those that the form has; the first of them takes the focus. */
export function showAtFields<Name extends string>(
  error: unknown,
  names: readonly Name[],
  setError: SetError<Name>,
): void {
  const fields = refusalOf(error)?.fields ?? {}
  names
    .filter((name) => fields[name])
    .forEach((name, index) => {
      setError(name, { message: String(fields[name]) }, { shouldFocus: index === 0 })
    })
}
