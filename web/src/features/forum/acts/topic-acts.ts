import { deleteTopic, editTopic, lockTopic, moveTopic, pinTopic, restoreTopic } from '@p2p/client'
import type { PinPlace, Topic, Visibility } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../../lib/supabase.ts'
import { listsChanged, putTopic } from '../actions.ts'

type Edit = {
  title: string
  tags: string[]
  template_answers?: Record<string, string>
  visibility?: Visibility
}

/** What its keepers do with a topic; each answers with the topic as it is then. */
function useTopicAct<Input>(act: (input: Input) => Promise<Topic>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (topic) => {
      putTopic(queryClient, topic)
      void listsChanged(queryClient)
    },
  })
}

export const useEditTopic = (topic: string) =>
  useTopicAct((edit: Edit) => editTopic(supabase, { topic, ...edit }))

export const useMoveTopic = (topic: string) =>
  useTopicAct((category: string) => moveTopic(supabase, { topic, category }))

export const usePinTopic = (topic: string) =>
  useTopicAct((pin: { place: PinPlace | null; until: string | null }) =>
    pinTopic(supabase, { topic, ...pin }),
  )

export const useLockTopic = (topic: string) =>
  useTopicAct((locked: boolean) => lockTopic(supabase, { topic, locked }))

/*
 * What brings a topic back or deletes it takes its row or its page away, by the answer or, sooner, by what is told live;
 * whoever asked there is gone then. So these two say here where to go.
 */

export const useRestoreTopic = (topic: string, onRestored: () => void) => {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => restoreTopic(supabase, topic),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['forum'] })
      onRestored()
    },
  })
}

export const useDeleteTopic = (topic: string, onDeleted: () => void) => {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (reason: string | null) => deleteTopic(supabase, { topic, reason }),
    onSuccess: () => {
      void listsChanged(queryClient)
      void queryClient.invalidateQueries({ queryKey: ['forum', 'deleted'] })
      onDeleted()
    },
  })
}
