import { Button, NativeSelect, Textarea } from '@mantine/core'
import {
  type InvitationReport,
  invitationLimits,
  type Locale,
  type MemberRole,
  memberRoles,
} from '@p2p/contracts'
import { IconSend } from '@tabler/icons-react'
import { type FormEvent, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useDraft } from '../../lib/drafts.ts'
import { currentLocale, languageChoices } from '../../lib/i18n.ts'
import { useSentence } from '../../lib/sentence.ts'
import { Form, ownDirection } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useInvitePeople } from './actions.ts'
import styles from './invitations.module.css'
import { InviteReport } from './invite-report.tsx'
import { ListCheck } from './list-check.tsx'
import { type PastedEntry, readPastedList } from './pasted-list.ts'

const Draft = z.object({ list: z.string(), message: z.string() })
const parseDraft = (value: unknown) => Draft.safeParse(value).data ?? null
const empty = { list: '', message: '' }

const entriesOf = (pasted: PastedEntry[]) =>
  pasted.flatMap(({ email, name, fault }) => (email && !fault ? [{ email, name }] : []))

/** One address or hundreds: each line is judged while it is typed, and again, with what only we know, once it is sent. */
export function InviteForm() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const invite = useInvitePeople()
  const draft = useDraft('invitations', parseDraft)
  const [{ list, message }, setWords] = useState(() => draft.restore() ?? empty)
  const [role, setRole] = useState<MemberRole>('member')
  const [locale, setLocale] = useState<Locale>(currentLocale())
  const [asked, setAsked] = useState(false)
  const slow = useDeferredValue(list)
  const pasted = useMemo(() => readPastedList(slow), [slow])
  const count = entriesOf(pasted).length
  const tooMany = count > invitationLimits.lines

  const change = (words: Partial<typeof empty>) => {
    const next = { list, message, ...words }
    setWords(next)
    draft.keep(next)
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const now = readPastedList(list)
    const entries = entriesOf(now)
    setAsked(true)
    if (entries.length === 0 || entries.length > invitationLimits.lines) return
    invite.mutate(
      { entries, role, locale, message: message.trim() || null },
      {
        onSuccess: (answer) => {
          // What could not be invited stays, to be mended or sent tomorrow.
          const rest = leftOf(now, answer)
          change({ list: rest })
          if (!rest) draft.discard()
          setAsked(false)
        },
      },
    )
  }

  const fault =
    asked && count === 0 ? t('errors.invitations_empty') : tooMany && t('errors.invitations_limit')
  return (
    <section className={styles.section} aria-labelledby="invite-people">
      <h2 id="invite-people" className={styles.title}>
        {t('invitations.inviteTitle')}
      </h2>
      <Form onSubmit={submit}>
        <Textarea
          label={t('invitations.addresses')}
          description={t('invitations.addressesHelp', { count: invitationLimits.lines })}
          placeholder={t('invitations.addressesHint')}
          dir="ltr"
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          value={list}
          onChange={(event) => change({ list: event.currentTarget.value })}
          error={fault}
        />
        <ListCheck pasted={pasted} />
        <div className={styles.choices}>
          <NativeSelect
            label={t('invitations.role')}
            description={t('invitations.roleHelp')}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as MemberRole)}
            data={memberRoles.map((each) => ({ value: each, label: t(`invitations.roles.${each}`) }))}
          />
          <NativeSelect
            label={t('invitations.language')}
            description={t('invitations.languageHelp')}
            value={locale}
            onChange={(event) => setLocale(event.currentTarget.value as Locale)}
            data={languageChoices}
          />
        </div>
        <Textarea
          label={t('invitations.message')}
          description={t('invitations.messageHelp', { count: invitationLimits.message - message.length })}
          {...ownDirection}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={invitationLimits.message}
          value={message}
          onChange={(event) => change({ message: event.currentTarget.value })}
        />
        {invite.error && <Notice tone="danger">{sentence(invite.error)}</Notice>}
        <Button
          type="submit"
          loading={invite.isPending}
          leftSection={<IconSend size={18} aria-hidden="true" data-mirrored />}
        >
          {count > 0 ? t('invitations.invite', { count }) : t('invitations.inviteNobody')}
        </Button>
      </Form>
      {invite.data && !invite.isPending && <InviteReport report={invite.data} />}
    </section>
  )
}

/** The lines whose addresses were not invited. */
function leftOf(pasted: PastedEntry[], { report }: InvitationReport): string {
  const left = new Set(
    report.flatMap(({ email, status }) => (status === 'limit' || status === 'invalid' ? email : [])),
  )
  const lines = pasted.flatMap(({ text, email, fault }) =>
    fault === 'invalid' || (email && left.has(email)) ? text : [],
  )
  return [...new Set(lines)].join('\n')
}
