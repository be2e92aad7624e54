import { Kbd, Switch } from '@mantine/core'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { kept } from '../../../lib/kept.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import quiet from '../../../ui/quiet-button.module.css'
import { goToPost } from '../post-place.ts'
import styles from './thread-keys.module.css'

type Props = {
  onReply: (post: string) => void
  onQuote: (post: string) => void
  onFold: (post: string) => void
}

const off = 'thread-keys-off'
const posts = () => [...document.querySelectorAll<HTMLElement>('article[id^="post-"]')]
const idOf = (article: Element) => article.id.slice('post-'.length)

/** The post that has the focus, or something in it. */
const current = () => document.activeElement?.closest<HTMLElement>('article[id^="post-"]') ?? null

function move(step: 1 | -1) {
  const all = posts()
  const here = current()
  // Whoever has read with the wheel goes on from what they see.
  const from = here
    ? all.indexOf(here)
    : all.findIndex((post) => post.getBoundingClientRect().top > 0) - (step === 1 ? 1 : 0)
  const next = all[Math.min(Math.max(from + step, 0), all.length - 1)]
  if (next) goToPost(idOf(next))
}

// A text is one where nothing can be written for a while, too, and where its editor is on its way.
const writingPlaces =
  'input, textarea, select, [role="textbox"], [data-awaits-editor], [role="dialog"], [role="menu"]'

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest(writingPlaces) !== null)

/** One key goes from post to post. By the place on the keyboard, so that it works under Arabic letters too. */
export function ThreadKeys({ onReply, onQuote, onFold }: Props) {
  const { t } = useTranslation()
  const [isOn, setIsOn] = useState(() => kept.read(off) === null)
  const [helps, setHelps] = useState(false)

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event.target))
      return
    const post = current()
    const onPost = (act: (id: string) => void) => {
      if (post) act(idOf(post))
    }
    const acts = new Map([
      ['KeyJ', () => move(1)],
      ['KeyK', () => move(-1)],
      ['KeyR', () => onPost(onReply)],
      ['KeyQ', () => onPost(onQuote)],
      ['KeyC', () => onPost(onFold)],
    ])
    const act =
      event.key === '?' || event.key === '؟'
        ? () => setHelps(true)
        : event.shiftKey
          ? null
          : acts.get(event.code)
    if (!act) return
    event.preventDefault()
    act()
  })

  useEffect(() => {
    if (!isOn) return
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [isOn])

  const toggle = (on: boolean) => {
    setIsOn(on)
    if (on) kept.remove(off)
    else kept.write(off, '1')
  }

  const keys = [
    ['J', t('thread.keys.next')],
    ['K', t('thread.keys.previous')],
    ['R', t('forum.reply')],
    ['Q', t('thread.quote')],
    ['C', t('thread.keys.fold')],
    ['?', t('thread.keys.help')],
  ] as const
  return (
    <>
      <button type="button" className={`${quiet.quiet} ${styles.open}`} onClick={() => setHelps(true)}>
        {t('thread.keys.title')}
      </button>
      <Dialog opened={helps} onClose={() => setHelps(false)} title={t('thread.keys.title')} size="sm">
        <dl className={styles.keys}>
          {keys.map(([key, words]) => (
            <div key={key} className={styles.line}>
              <dt>
                <Kbd>{key}</Kbd>
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
        <Switch
          label={t('thread.keys.on')}
          checked={isOn}
          onChange={(event) => toggle(event.currentTarget.checked)}
        />
      </Dialog>
    </>
  )
}
