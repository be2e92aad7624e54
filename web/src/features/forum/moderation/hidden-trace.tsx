import type { Post } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'

/** What stands where moderators hid a post; its author is led to the reason. */
export function HiddenTrace({ post }: { post: Post }) {
  const { t } = useTranslation()
  return (
    <span>
      {t('moderation.hidden')} {post.mine && <Link to={urls.standing}>{t('moderation.whyHidden')}</Link>}
    </span>
  )
}
