import { expect, test } from 'vitest'
import { changesIn, type ProfileValues, parseUnsaved } from './form-values.ts'

const saved: ProfileValues = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  first_name_ar: '',
  last_name_ar: '',
  job_title: 'Analyst',
  locale: 'en',
  time_zone: 'Europe/London',
  about: '',
  expertise: ['Engines'],
  audience: 'community',
}

test('only what differs from what is saved is kept', () => {
  expect(changesIn(saved, saved)).toEqual({})
  expect(changesIn(saved, { ...saved, about: 'Tables', expertise: ['Engines', 'Looms'] })).toEqual({
    about: 'Tables',
    expertise: ['Engines', 'Looms'],
  })
})

test('what was kept comes back, unfinished as it is; what is no draft does not', () => {
  expect(parseUnsaved({ first_name: '', expertise: ['x'.repeat(90)] })).toEqual({
    first_name: '',
    expertise: ['x'.repeat(90)],
  })
  expect(parseUnsaved({ locale: 'fr' })).toBeNull()
  expect(parseUnsaved('about')).toBeNull()
})
