import { getRouteApi, useLocation } from '@tanstack/react-router'
import { NewTopicPage } from '../../features/forum/new-topic-page.tsx'
import { TopicPage } from '../../features/forum/topic-page.tsx'
import { TopicsPage } from '../../features/forum/topics-page.tsx'

export { ForumPage as ForumScreen } from '../../features/forum/forum-page.tsx'

const category = getRouteApi('/member/forum/categories/$category')
const newTopic = getRouteApi('/member/forum/new')
const topic = getRouteApi('/member/forum/topics/$topic')

export function TopicsScreen() {
  return <TopicsPage slug={null} />
}

export function CategoryScreen() {
  const { category: slug } = category.useParams()
  return <TopicsPage key={slug} slug={slug} />
}

export function NewTopicScreen() {
  const { category: slug } = newTopic.useSearch()
  return <NewTopicPage category={slug} />
}

export function TopicScreen() {
  const { topic: id } = topic.useParams()
  const hash = useLocation({ select: (location) => location.hash })
  return <TopicPage key={id} id={id} post={hash.startsWith('post-') ? hash.slice('post-'.length) : null} />
}
