import type { Locale } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../../features/identity/queries.ts'
import { useUpdateProfile } from '../../features/profiles/actions.ts'
import { changeLanguage } from '../../lib/i18n.ts'

/** Kept on this device, and in the profile of whoever is signed in: their mails follow it. */
export function useChooseLanguage() {
  const { data: me } = useQuery(meQuery)
  const update = useUpdateProfile()
  return async (locale: Locale) => {
    await changeLanguage(locale)
    if (me) update.mutate({ locale })
  }
}
