import { archiveCategory, mergeTags, orderCategories, retireTag, saveCategory, saveTag } from '@p2p/client'
import type { Category, CategoryPatch, TagPatch } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'
import { categoriesQuery } from '../queries.ts'

function useKeeping<Input>(act: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    // Refused as well: somebody else may have changed what is shown.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['forum', 'categories'] }),
        queryClient.invalidateQueries({ queryKey: ['forum', 'tags'] }),
      ]),
  })
}

/** Without a category: a new one. */
export const useSaveCategory = (category: Pick<Category, 'id' | 'revision'> | null) =>
  useKeeping(({ slug, ...patch }: CategoryPatch) =>
    saveCategory(
      supabase,
      category
        ? { id: category.id, revision: category.revision, patch }
        : { id: null, patch: { slug, ...patch } },
    ),
  )

/** Shows the new order at once, and the old one again where it was refused. */
export function useOrderCategories() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (categories: Category[]) =>
      orderCategories(
        supabase,
        categories.map(({ id }) => id),
      ),
    onMutate: async (categories) => {
      await queryClient.cancelQueries({ queryKey: categoriesQuery.queryKey })
      const before = queryClient.getQueryData(categoriesQuery.queryKey)
      queryClient.setQueryData(categoriesQuery.queryKey, categories)
      return before
    },
    // Asked again below, which can wait for the connection.
    onError: (_error, _categories, before) => queryClient.setQueryData(categoriesQuery.queryKey, before),
    onSettled: () => queryClient.invalidateQueries({ queryKey: categoriesQuery.queryKey }),
  })
}

export const useArchiveCategory = () =>
  useKeeping((act: { category: string; archived: boolean }) => archiveCategory(supabase, act))

export const useSaveTag = () => useKeeping((tag: TagPatch & { revision?: number }) => saveTag(supabase, tag))

export const useRetireTag = () =>
  useKeeping((act: { tag: string; retired: boolean }) => retireTag(supabase, act))

export const useMergeTags = () =>
  useKeeping((tags: { from: string; into: string }) => mergeTags(supabase, tags))
