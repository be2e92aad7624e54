import { Button } from '@mantine/core'
import type { SecondFactor } from '@p2p/client'
import { IconDeviceMobile } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AddFactor } from './add-factor.tsx'
import { secondFactorsQuery } from './queries.ts'
import { RemoveFactor } from './remove-factor.tsx'
import styles from './security.module.css'

type Doing =
  | { kind: 'adding' }
  | { kind: 'removing'; factor: string }
  | { kind: 'said'; what: 'added' | 'removed' }

export function SecondFactors() {
  const { t } = useTranslation()
  const me = useMe()
  const factors = useQuery(secondFactorsQuery)
  const [doing, setDoing] = useState<Doing | null>(null)
  const stop = () => setDoing(null)

  if (factors.error && !factors.data) {
    return <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />
  }
  if (!factors.data) return <Skeleton width="60%" height="2.5rem" />
  const { data } = factors
  return (
    <>
      {me.platform_role === 'admin' && data.length === 0 && (
        <Notice tone="info">{t('security.factor.needed')}</Notice>
      )}
      {data.length === 0 && me.platform_role !== 'admin' && <p>{t('security.factor.none')}</p>}
      {data.length > 0 && (
        <ul className={styles.list}>
          {data.map((factor) => (
            <FactorRow
              key={factor.id}
              factor={factor}
              onRemove={() => setDoing({ kind: 'removing', factor: factor.id })}
            >
              {doing?.kind === 'removing' && doing.factor === factor.id && (
                <RemoveFactor
                  factor={factor}
                  onKeep={stop}
                  onRemoved={() => setDoing({ kind: 'said', what: 'removed' })}
                />
              )}
            </FactorRow>
          ))}
        </ul>
      )}
      {doing?.kind === 'said' && <Notice tone="done">{t(`security.factor.${doing.what}`)}</Notice>}
      {data.length === 1 && doing?.kind !== 'adding' && (
        <p className={styles.lead}>{t('security.factor.spare')}</p>
      )}
      {doing?.kind === 'adding' ? (
        <AddFactor onStop={stop} onAdded={() => setDoing({ kind: 'said', what: 'added' })} />
      ) : (
        <div>
          <Button variant="default" onClick={() => setDoing({ kind: 'adding' })}>
            {data.length > 0 ? t('security.factor.addAnother') : t('security.factor.add')}
          </Button>
        </div>
      )}
    </>
  )
}

type RowProps = { factor: SecondFactor; onRemove: () => void; children: ReactNode }

function FactorRow({ factor, onRemove, children }: RowProps) {
  const { t } = useTranslation()
  const name = factor.name || t('security.factor.unnamed')
  return (
    <li className={styles.row}>
      <span className={styles.icon} aria-hidden="true">
        <IconDeviceMobile size={20} stroke={1.5} />
      </span>
      <div>
        <bdi className={styles.name}>{name}</bdi>
        <span className={styles.facts}>
          <span>
            {t('security.factor.since')} <RelativeTime at={factor.created_at} />
          </span>
        </span>
      </div>
      <Button
        variant="default"
        size="sm"
        onClick={onRemove}
        aria-label={t('security.factor.removeName', { name })}
      >
        {t('security.factor.remove')}
      </Button>
      {children}
    </li>
  )
}
