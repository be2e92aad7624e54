import { describe, expect, test } from 'vitest'
import { readEnv } from './env.ts'

const whole = {
  DATABASE_URL: 'postgresql://postgres:secret@127.0.0.1:5432/postgres',
  SUPABASE_URL: 'http://127.0.0.1:54321',
  SUPABASE_SECRET_KEY: 'sb_secret_of_the_environment',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  MAIL_FROM: 'no-reply@p2p.example',
  SITE_URL: 'https://p2p.example/',
}

describe('the environment', () => {
  test('is taken when whole, with defaults for what may be left out', () => {
    expect(readEnv(whole)).toMatchObject({
      SITE_URL: 'https://p2p.example',
      WORKER_PORT: 54_330,
      WORKER_CONCURRENCY: 2,
      LOG_LEVEL: 'info',
    })
  })

  test('names every fault at once, missing and wrong alike, and repeats no value', () => {
    const broken = {
      DATABASE_URL: 'mysql://root:secret@db/x',
      SMTP_URL: '',
      MAIL_FROM: 'nobody',
      WORKER_PORT: '0',
    }
    const reading = () => readEnv(broken)
    expect(reading).toThrow(/DATABASE_URL is not an address like postgresql/)
    expect(reading).toThrow(/SMTP_URL is missing/)
    expect(reading).toThrow(/MAIL_FROM is not an e-mail address/)
    expect(reading).toThrow(/SITE_URL is missing/)
    expect(reading).toThrow(/WORKER_PORT is not a port/)
    expect(reading).not.toThrow(/secret|nobody/)
  })

  test('takes a company registry with its key, or none', () => {
    const registry = { REGISTRY_URL: 'https://api.wathq.example/', REGISTRY_API_KEY: 'a-key-for-tests' }
    expect(readEnv({ ...whole, ...registry })).toMatchObject({ REGISTRY_URL: 'https://api.wathq.example' })
    expect(() => readEnv({ ...whole, REGISTRY_URL: registry.REGISTRY_URL })).toThrow(
      /REGISTRY_URL and REGISTRY_API_KEY belong together/,
    )
  })

  test('refuses the transaction pooler, which would lose locks and notifications', () => {
    const pooled = { ...whole, DATABASE_URL: 'postgresql://u:p@aws.pooler.supabase.com:6543/postgres' }
    expect(() => readEnv(pooled)).toThrow(/DATABASE_URL is the transaction pooler/)
  })
})
