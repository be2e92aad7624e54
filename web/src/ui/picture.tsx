import { pictureUrl } from '@p2p/client'
import { pictureFormats, pictureSizes, type Picture as Ready } from '@p2p/contracts'
import { type ReactNode, useMemo, useState } from 'react'
import { thumbHashToDataURL } from 'thumbhash'
import { supabase } from '../lib/supabase.ts'
import styles from './picture.module.css'

type Props = {
  picture: Ready | null | undefined
  /** Empty where the name stands beside it. */
  alt: string
  /** How wide it is shown, as `sizes` of an image: `2.5rem`. */
  sizes: string
  /** Stands there where there is no picture, or it does not come. */
  children?: ReactNode
}

/**
 * A square picture in the place it is given: its blur at once, then the size the screen needs, in the best format
 * the browser knows. Nothing moves when it arrives.
 */
export function Picture({ picture, ...rest }: Props) {
  return picture ? <ReadyPicture key={picture.path} picture={picture} {...rest} /> : rest.children
}

function ReadyPicture({ picture, alt, sizes, children }: Props & { picture: Ready }) {
  const [missing, setMissing] = useState(false)
  const blur = useMemo(() => blurOf(picture), [picture])
  if (missing) return children
  const [smallest] = pictureSizes
  return (
    <picture className={styles.picture} style={{ backgroundImage: blur }}>
      {pictureFormats.map((format) => (
        <source key={format} type={`image/${format}`} srcSet={sourceSet(picture, format)} sizes={sizes} />
      ))}
      <img
        src={pictureUrl(supabase, picture, smallest, 'webp')}
        alt={alt}
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setMissing(true)}
      />
    </picture>
  )
}

const sourceSet = (picture: Ready, format: (typeof pictureFormats)[number]) =>
  pictureSizes.map((size) => `${pictureUrl(supabase, picture, size, format)} ${size}w`).join(', ')

/** What stands in a picture's place before it comes, as a background. */
export function blurOf({ thumbhash }: Pick<Ready, 'thumbhash'>): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(thumbhash), (letter) => letter.charCodeAt(0))
    return `url(${thumbHashToDataURL(bytes)})`
  } catch {
    // A hash that cannot be read is no reason to show no picture.
    return undefined
  }
}

/** A company's sign: its logo, or the first letter of its name. */
export function CompanyLogo({
  organization,
  size = 'md',
}: {
  organization: { name: string; logo?: Ready | null | undefined }
  size?: 'sm' | 'md' | 'lg' | 'xl'
}) {
  return (
    <span
      className={styles.logo}
      data-size={size}
      data-filled={organization.logo ? true : undefined}
      aria-hidden="true"
    >
      <Picture picture={organization.logo} alt="" sizes={widths[size]}>
        {Array.from(organization.name.trim())[0] ?? ''}
      </Picture>
    </span>
  )
}

/** Of the squares that `data-size` makes, for the browser to choose by. */
export const widths = { sm: '2rem', md: '2.5rem', lg: '4rem', xl: '7.5rem' } as const
