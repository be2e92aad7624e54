import { City, CompanyProfile, Industry, OrganizationPatch, RegistrationNumber } from '@p2p/contracts'
import { z } from 'zod'
import { fitting } from './fitting.ts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** ISIC revision 4: sections and their divisions, in the order of their codes. */
export async function listIndustries(supabase: Supabase): Promise<Industry[]> {
  const columns = 'code, section, name_en, name_ar'
  return z.array(Industry).parse(must(await supabase.from('industries').select(columns).order('code')))
}

/** Cities of the Gulf, in no order that a reader would look for. */
export async function listCities(supabase: Supabase): Promise<City[]> {
  return z.array(City).parse(must(await supabase.from('cities').select('id, country, name_en, name_ar')))
}

/** The own company as its admins edit it. Codes: `not_allowed`. */
export async function readCompanyProfile(supabase: Supabase): Promise<CompanyProfile> {
  return CompanyProfile.parse(must(await supabase.rpc('company_profile')))
}

/**
 * Changes the own company; what the patch does not name stays. `expected` is the revision that was edited. Codes:
 * `changed_meanwhile` where another admin wrote since, `invalid_input` with `fields`, `not_allowed`.
 */
export async function updateOrganization(
  supabase: Supabase,
  patch: z.input<typeof OrganizationPatch>,
  expected: number,
): Promise<void> {
  must(
    await supabase.rpc('update_organization', {
      patch: fitting(OrganizationPatch, patch),
      expected,
    }),
  )
}

/**
 * Says the own company's commercial registration number and has the registry asked; null takes it back. The same
 * number again asks again. Codes: `registration_number_invalid`, `not_allowed`, `rate_limited`.
 */
export async function setRegistrationNumber(
  supabase: Supabase,
  number: string | null,
): Promise<CompanyProfile> {
  const written =
    number === null ? null : fitting(z.object({ number: RegistrationNumber }), { number }).number
  // The generated types know no null in arguments.
  return CompanyProfile.parse(
    must(await supabase.rpc('set_registration_number', { number: written as string })),
  )
}
