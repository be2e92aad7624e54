import { expect, test } from 'vitest'
import { CompanyForm, changesIn, parseUnsaved, valuesOf } from './company-values.ts'

const saved = valuesOf({
  id: crypto.randomUUID(),
  name: 'Najd Castings',
  name_ar: null,
  domain: 'najd.example',
  industry: '24',
  size: 'small',
  city_id: 108_410,
  website: null,
  about: null,
  logo: null,
  revision: 3,
  registration: null,
})

test('a company stands in its form as texts, and comes back as what is saved', () => {
  expect(saved).toMatchObject({ name_ar: '', size: 'small', city_id: '108410', website: '' })
  expect(CompanyForm.parse({ ...saved, size: '', city_id: '', website: 'najd.example' })).toMatchObject({
    name: 'Najd Castings',
    name_ar: null,
    size: null,
    city_id: null,
    website: 'https://najd.example/',
  })
})

test('only what was changed is kept for later, and only what looks like it is taken up again', () => {
  const changes = changesIn(saved, { ...saved, about: 'Pumps', city_id: '' })
  expect(changes).toEqual({ about: 'Pumps', city_id: '' })
  expect(parseUnsaved(changes)).toEqual(changes)
  expect(parseUnsaved({ about: 5 })).toBeNull()
  expect(parseUnsaved('text')).toBeNull()
})
