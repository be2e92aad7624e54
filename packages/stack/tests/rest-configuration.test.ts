import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf } from './people.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
  await sql(`
    create table public.sales (id int generated always as identity primary key, shop text, amount numeric);
    insert into public.sales (shop, amount) values ('a', 1), ('a', 2.50), ('b', 4);
    create table public.shops (name text primary key, town text);
    insert into public.shops values ('a', 'Muscat'), ('b', 'Sohar');
    alter table public.sales add foreign key (shop) references public.shops;
    grant select on public.sales, public.shops to anon, service_role;
    create schema backstage;
    create table backstage.props (id int);
    grant usage on schema backstage to anon;
    grant select on backstage.props to anon;
    create function public.level() returns text language sql stable as $$ select current_setting('transaction_isolation') $$;
    create function public.patience() returns text language sql stable as $$ select current_setting('statement_timeout') $$;
    create function public.own_patience() returns text language sql stable set statement_timeout = '1234ms'
      as $$ select current_setting('statement_timeout') $$;
    create function public.doorman() returns void language plpgsql as $$ begin
      if current_setting('request.headers')::jsonb ->> 'x-knock' is null then
        raise sqlstate 'PT403' using message = 'Knock first.';
      end if; end $$;
    grant execute on all functions in schema public to anon, service_role;
  `)
})
afterAll(() => stack?.stop())

async function sql(text: string) {
  return withClient(stack.urls.databaseAdmin, (client) => client.query(text))
}
const visitor = () => clientOf(stack, stack.keys.publishable)
const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${stack.urls.api}/rest/v1${path}`, {
    headers: { apikey: stack.keys.publishable, ...headers },
  })
  return { status: answer.status, body: await answer.json() }
}

/** Sets what the database says of the Data API, tells it so, and takes it back. */
async function configured(settings: string, work: () => Promise<void>): Promise<void> {
  await sql(`alter role authenticator set ${settings}; notify pgrst, 'reload config'`)
  try {
    await work()
  } finally {
    await sql(`alter role authenticator reset ${settings.split(' ', 1)[0]}; notify pgrst, 'reload config'`)
  }
}

describe('what the database says of the Data API', () => {
  test('a role has the patience it was given, and a function its own', async () => {
    await expect.poll(async () => (await visitor().rpc('patience')).data).toBe('3s')
    expect((await clientOf(stack, stack.keys.secret).rpc('patience')).data).toBe('8s')
    expect((await visitor().rpc('own_patience')).data).toBe('1234ms')
  })

  test('a role may ask for another isolation of its transactions', async () => {
    await sql(
      `alter role anon set default_transaction_isolation = 'serializable'; notify pgrst, 'reload config'`,
    )
    await expect.poll(async () => (await visitor().rpc('level')).data).toBe('serializable')
    await sql(`alter role anon reset default_transaction_isolation; notify pgrst, 'reload config'`)
    await expect.poll(async () => (await visitor().rpc('level')).data).toBe('read committed')
  })

  test('callers may sum, by whatever is beside it', async () => {
    expect((await get('/sales?select=amount.sum()')).body.code).toBe('PGRST123')
    await configured(`pgrst.db_aggregates_enabled = 'true'`, async () => {
      await expect.poll(async () => (await get('/sales?select=amount.sum()')).body).toEqual([{ sum: 7.5 }])
      const asked: [query: string, answer: unknown][] = [
        [
          'shop,total:amount.sum(),count()&order=shop',
          [
            { shop: 'a', total: 3.5, count: 2 },
            { shop: 'b', total: 4, count: 1 },
          ],
        ],
        ['amount.max()::text', [{ max: '4' }]],
        [
          'amount.sum(),...shops(town)&order=shops(town)',
          [
            { sum: 3.5, town: 'Muscat' },
            { sum: 4, town: 'Sohar' },
          ],
        ],
        [
          '...shops(town,count())&order=shops(town)',
          [
            { town: 'Muscat', count: 2 },
            { town: 'Sohar', count: 1 },
          ],
        ],
      ]
      for (const [query, answer] of asked)
        expect([query, (await get(`/sales?select=${query}`)).body]).toEqual([query, answer])
      const town = await get('/shops?select=name,sales(amount.sum())&order=name')
      expect(town.body).toEqual([
        { name: 'a', sales: [{ sum: 3.5 }] },
        { name: 'b', sales: [{ sum: 4 }] },
      ])
      expect((await get('/shops?select=...sales(amount.sum())')).body.code).toBe('PGRST127')
    })
  })

  test('so many rows at once and no more, also of what is embedded', async () => {
    await configured('pgrst.db_max_rows = 1', async () => {
      await expect.poll(async () => (await get('/sales?select=id')).body).toHaveLength(1)
      const { body } = await get('/shops?select=sales(id)&name=eq.a')
      expect(body[0].sales).toHaveLength(1)
      const estimated = await visitor().from('sales').select('id', { count: 'estimated', head: true })
      expect(estimated.count).toBeGreaterThan(1)
    })
  })

  test('another schema is exposed', async () => {
    await configured(`pgrst.db_schemas = 'public, backstage'`, async () => {
      await expect.poll(async () => (await get('/props', { 'accept-profile': 'backstage' })).status).toBe(200)
    })
  })

  test('a function sees every request first', async () => {
    await configured(`pgrst.db_pre_request = 'public.doorman'`, async () => {
      await expect
        .poll(async () => (await get('/shops')).body)
        .toMatchObject({ code: 'PT403', message: 'Knock first.' })
      expect((await get('/shops', { 'x-knock': '1' })).status).toBe(200)
    })
  })

  test('a setting that means nothing takes no other with it', async () => {
    await configured(`pgrst.db_max_rows = 'many'`, async () => {
      await expect.poll(async () => (await get('/shops')).status).toBe(200)
    })
  })

  test('a view that is made is there without being told, and one that is dropped is not', async () => {
    await sql(
      'create view public.towns as select town from public.shops; grant select on public.towns to anon',
    )
    await expect.poll(async () => (await get('/towns')).status).toBe(200)
    await sql('drop view public.towns')
    await expect.poll(async () => (await get('/towns')).status).toBe(404)
  })
})
