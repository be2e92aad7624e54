import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../lib/me.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Avatar } from '../../ui/person.tsx'
import { PictureField } from '../../ui/picture-field.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Account } from './account.tsx'
import { useSeeMyself } from './actions.ts'
import { ProfileEditor } from './profile-editor.tsx'
import styles from './profile-page.module.css'
import { PreviewShape } from './profile-preview.tsx'
import { personQuery } from './queries.ts'

/** What others see of oneself: the picture, the form, and beside it how that looks to them. */
export function ProfilePage() {
  const { t } = useTranslation()
  const me = useMember()
  const page = useQuery(personQuery(me.id))
  if (page.data) {
    return (
      <ProfileEditor me={me} page={page.data}>
        {(form, preview) => <Frame preview={preview}>{form}</Frame>}
      </ProfileEditor>
    )
  }
  return (
    <Frame preview={page.isPending && <PreviewShape />}>
      {page.isPending ? (
        <FormShape label={t('ui.loading')} />
      ) : (
        <ErrorState title={t('profiles.notLoaded')} error={page.error} onRetry={() => void page.refetch()} />
      )}
    </Frame>
  )
}

function Frame({ preview, children }: { preview: ReactNode; children: ReactNode }) {
  const { t } = useTranslation()
  const me = useMember()
  const seeMyself = useSeeMyself()
  return (
    <Page
      title={t('profiles.title')}
      lead={t('profiles.lead')}
      aside={preview}
      asideLabel={t('profiles.preview')}
    >
      <div className={styles.parts}>
        <PictureField
          purpose="avatar"
          label={t('profiles.picture')}
          help={t('profiles.pictureHelp')}
          picture={me.avatar}
          shown={<Avatar person={me} size="xl" />}
          onChange={seeMyself}
        />
        {children}
        <Account me={me} />
      </div>
    </Page>
  )
}

/** As many fields as are to come, in their places. */
const FormShape = ({ label }: { label: string }) => (
  <div role="status" aria-label={label} className={styles.shape}>
    {['4.5rem', '4.5rem', '4.5rem', '12rem', '4.5rem', '8rem'].map((height, field) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no identity and never move
      <Skeleton key={field} height={height} />
    ))}
  </div>
)
