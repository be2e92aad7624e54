import type { LegalKind } from '@p2p/contracts'
import type { ReactNode } from 'react'
import { urls } from '../app/urls.ts'

/** Leads to the terms or the privacy notice in a page of its own. */
export function LegalLink({ document, children }: { document: LegalKind; children?: ReactNode }) {
  return (
    <a href={urls.legal.replace('$document', document)} target="_blank" rel="noopener">
      {children}
    </a>
  )
}
