import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { categoriesQuery } from '../../features/forum/queries.ts'
import type { Asked } from '../../features/search/queries.ts'
import { SearchPage } from '../../features/search/search-page.tsx'

const route = getRouteApi('/member/search')

export function SearchScreen() {
  const asked = route.useSearch()
  const navigate = route.useNavigate()
  const { data: categories = [] } = useQuery(categoriesQuery)
  // Each change of what is asked takes the place of the last one: going back leaves the page.
  const ask = useCallback(
    (search: Asked) => void navigate({ search, replace: true, resetScroll: false }),
    [navigate],
  )
  return <SearchPage asked={asked} onAsk={ask} categories={categories} />
}
