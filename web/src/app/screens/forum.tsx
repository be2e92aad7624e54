import { getRouteApi, useLocation } from '@tanstack/react-router'
import type { TopicsSearch } from '../../features/forum/lists/search.ts'
import { NewTopicPage } from '../../features/forum/new-topic-page.tsx'
import { postInAddress } from '../../features/forum/post-place.ts'
import { TopicPage } from '../../features/forum/topic-page.tsx'
import { TopicsPage } from '../../features/forum/topics-page.tsx'

export { DraftsPage as DraftsScreen } from '../../features/forum/drafts/drafts-page.tsx'
export { ForumPage as ForumScreen } from '../../features/forum/forum-page.tsx'
export { UnreadPage as UnreadScreen } from '../../features/forum/lists/unread-page.tsx'

const topics = getRouteApi('/member/forum/topics')
const category = getRouteApi('/member/forum/categories/$category')
const newTopic = getRouteApi('/member/forum/new')
const topic = getRouteApi('/member/forum/topics/$topic')

export function TopicsScreen() {
  const search = topics.useSearch()
  const navigate = topics.useNavigate()
  return (
    <TopicsPage
      slug={null}
      search={search}
      onSearch={(search) => void navigate({ search, resetScroll: false })}
    />
  )
}

export function CategoryScreen() {
  const { category: slug } = category.useParams()
  const search = category.useSearch()
  const navigate = category.useNavigate()
  const onSearch = (search: TopicsSearch) => void navigate({ search, resetScroll: false })
  return <TopicsPage key={slug} slug={slug} search={search} onSearch={onSearch} />
}

export function NewTopicScreen() {
  const { category: slug } = newTopic.useSearch()
  return <NewTopicPage category={slug} />
}

export function TopicScreen() {
  const { topic: id } = topic.useParams()
  const { write } = topic.useSearch()
  const hash = useLocation({ select: (location) => location.hash })
  const navigate = topic.useNavigate()
  return (
    <TopicPage
      key={id}
      id={id}
      post={postInAddress(hash)}
      write={write ?? null}
      onForget={() => void navigate({ search: {}, hash: '', replace: true, resetScroll: false })}
    />
  )
}
