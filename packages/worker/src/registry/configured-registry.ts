import type { Env } from '../env.ts'
import type { CompanyRegistry } from './company-registry.ts'
import { wathq } from './wathq.ts'

/** The registry this installation may ask, or null. */
export const configuredRegistry = ({ REGISTRY_URL, REGISTRY_API_KEY }: Env): CompanyRegistry | null =>
  REGISTRY_URL && REGISTRY_API_KEY ? wathq({ url: REGISTRY_URL, apiKey: REGISTRY_API_KEY }) : null
