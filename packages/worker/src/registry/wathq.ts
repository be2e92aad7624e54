import { z } from 'zod'
import {
  type CompanyRegistry,
  type RegistryAnswer,
  RegistryRefused,
  RegistryUnreachable,
} from './company-registry.ts'

/** Of all that the register tells, what is needed here. Everything about people is left where it is. */
const Info = z.object({
  crNationalNumber: z.coerce.string().regex(/^\d{10}$/),
  name: z.string().min(1),
  status: z.object({
    id: z.number().nullish(),
    name: z.string(),
    /** The day by which the company is to confirm its entry again. */
    confirmationDate: z.object({ gregorian: z.iso.date().nullish().catch(null) }).nullish(),
  }),
})
const NationalNumber = Info.pick({ crNationalNumber: true })

/** The register answers an unknown number with 404, or with 400 and a code of its own that begins with 404. */
const Fault = z.object({ code: z.coerce.string() })

const isActive = ({ id, name }: z.infer<typeof Info>['status']) =>
  id === 1 || ['نشط', 'active'].includes(name.trim().toLowerCase())

export type WathqOptions = { url: string; apiKey: string; timeoutMs?: number }

/**
 * The Ministry of Commerce's register through Wathq's Commercial Registration API (https://developer.wathq.sa):
 * `GET <url>/info/<national number>`, key in the header `apiKey`; an older number is turned into the national one first,
 * by `/crNationalNumber/<number>`. `url` is https://api.wathq.sa/commercial-registration, or its sandbox.
 */
export function wathq({ url, apiKey, timeoutMs = 10_000 }: WathqOptions): CompanyRegistry {
  async function ask<T>(path: string, shape: z.ZodType<T>, stop: AbortSignal): Promise<T | null> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)])
    // A redirect would carry the key elsewhere.
    const response = await fetch(`${url}${path}`, {
      headers: { apiKey, accept: 'application/json' },
      redirect: 'error',
      signal,
    }).catch((error: unknown) => {
      throw new RegistryUnreachable(`The register does not answer: ${nameOf(error)}.`)
    })
    const body: unknown = await response.json().catch(() => null)
    if (response.status === 404 || isUnknown(response.status, body)) return null
    if (response.status === 401 || response.status === 403)
      throw new RegistryRefused(`The register refuses our key (${response.status}).`)
    if (!response.ok)
      throw new RegistryUnreachable(
        `The register answers ${response.status}.`,
        secondsToWait(response.headers),
      )
    const answer = shape.safeParse(body)
    if (!answer.success) throw new RegistryUnreachable('The register answers what cannot be read.')
    return answer.data
  }

  return {
    async find(number, signal): Promise<RegistryAnswer> {
      const national = number.startsWith('7')
        ? number
        : (await ask(`/crNationalNumber/${number}`, NationalNumber, signal))?.crNationalNumber
      const info = national ? await ask(`/info/${national}?language=ar`, Info, signal) : null
      if (!info) return { found: false }
      return {
        found: true,
        name: info.name,
        nationalNumber: info.crNationalNumber,
        active: isActive(info.status),
        expiresOn: info.status.confirmationDate?.gregorian ?? null,
      }
    },
  }
}

const isUnknown = (status: number, body: unknown) =>
  status === 400 && (Fault.safeParse(body).data?.code.startsWith('404') ?? false)

const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'Error')

/** Retry-After as seconds or as a date; between a second and a day. */
function secondsToWait(headers: Headers): number | null {
  const said = headers.get('retry-after')
  if (!said) return null
  const seconds = /^\d+$/.test(said) ? Number(said) : Math.ceil((Date.parse(said) - Date.now()) / 1000)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 24 * 60 * 60) : null
}
