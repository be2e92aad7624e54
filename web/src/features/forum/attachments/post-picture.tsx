import { signPostPicture } from '@p2p/client'
import { attachmentWidths, pictureFormats } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useContext, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { supabase } from '../../../lib/supabase.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { blurOf } from '../../../ui/picture.tsx'
import { type ImageAttributes, MissingImage } from '../../../ui/rich-text/file-parts.tsx'
import { PostFiles } from './post-files.ts'
import styles from './post-picture.module.css'

// Shorter than the addresses hold (an hour).
const freshMs = 50 * 60_000

/** A picture in a post: its blur in its shape at once, then as large as the column; a press shows it large. */
export function PostPicture({ attrs }: { attrs: ImageAttributes }) {
  const { file, alt, width, height } = attrs
  const { t } = useTranslation()
  const [isLarge, setLarge] = useState(false)
  const [failed, setFailed] = useState<string | null>(null)
  const thumbhash = useContext(PostFiles).find(({ id }) => id === file)?.thumbhash
  const { data: pictures, isPending } = useQuery({
    queryKey: ['forum', 'picture', file],
    queryFn: () => signPostPicture(supabase, file),
    staleTime: freshMs,
    refetchInterval: freshMs,
  })
  const [smallest, largest] = attachmentWidths
  const address = (of: number, format: string) =>
    pictures?.find((each) => each.width === of && each.format === format)?.url
  const plain = address(largest, 'webp')

  // A new address, or the connection that is back, is another try.
  useEffect(() => {
    const tryAgain = () => setFailed(null)
    addEventListener('online', tryAgain)
    return () => removeEventListener('online', tryAgain)
  }, [])

  if ((plain && plain === failed) || (!isPending && !plain)) return <MissingImage attrs={attrs} />
  const shown = width ? Math.min(width, largest) : undefined
  const blur = thumbhash ? blurOf({ thumbhash }) : undefined
  const sources = (sizes: string) =>
    pictureFormats.map((format) => (
      <source
        key={format}
        type={`image/${format}`}
        srcSet={attachmentWidths.map((of) => `${address(of, format)} ${of}w`).join(', ')}
        sizes={sizes}
      />
    ))
  return (
    <>
      <button
        type="button"
        className={styles.frame}
        style={{
          ...(shown && { inlineSize: shown }),
          ...(width && height && { aspectRatio: `${width} / ${height}` }),
          ...(blur && { backgroundImage: blur }),
        }}
        aria-label={
          alt ? t('attachments.enlargeNamed', { alt: `\u2068${alt}\u2069` }) : t('attachments.enlarge')
        }
        disabled={!plain}
        onClick={() => setLarge(true)}
      >
        {plain && (
          <picture>
            {sources(`(max-width: 42rem) 100vw, ${largest}px`)}
            <img
              src={address(smallest, 'webp')}
              alt=""
              loading="lazy"
              decoding="async"
              onError={() => setFailed(plain)}
            />
          </picture>
        )}
      </button>
      <Dialog
        opened={isLarge}
        onClose={() => setLarge(false)}
        title={alt || t('attachments.picture')}
        size="wide"
      >
        <img className={styles.large} src={plain} alt={alt || t('attachments.picture')} />
      </Dialog>
    </>
  )
}
