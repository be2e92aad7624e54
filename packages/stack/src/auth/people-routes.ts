import { Hono } from 'hono'
import { showHealth, showSettings } from './about.ts'
import { listAudit } from './admin-audit.ts'
import { createUser } from './admin-create.ts'
import { deleteUser } from './admin-delete.ts'
import { getUser, listUsers, personOf } from './admin-list.ts'
import { updateUser } from './admin-update.ts'
import { generateLink } from './generate-link.ts'
import { invite } from './invite.ts'
import type { Means } from './means.ts'
import { magicLink, otp } from './otp.ts'
import { authorize, callback } from './providers.ts'
import { recover } from './recover.ts'
import { resend } from './resend.ts'
import { signup } from './signup.ts'
import { verify } from './verify.ts'
import { verifyByLink } from './verify-link.ts'

/** Coming in: by signing up, by a mail, or from elsewhere. */
export function peopleRoutes(means: Means) {
  return new Hono()
    .get('/health', showHealth)
    .get('/settings', () => showSettings(means))
    .post('/signup', ({ req }) => signup(means, req.raw))
    .post('/otp', ({ req }) => otp(means, req.raw))
    .post('/magiclink', ({ req }) => magicLink(means, req.raw))
    .post('/recover', ({ req }) => recover(means, req.raw))
    .post('/resend', ({ req }) => resend(means, req.raw))
    .post('/verify', ({ req }) => verify(means, req.raw))
    .get('/verify', ({ req }) => verifyByLink(means, req.raw))
    .get('/authorize', ({ req }) => authorize(req.raw))
    .get('/callback', ({ req }) => callback(means, req.raw))
    .post('/callback', ({ req }) => callback(means, req.raw))
}

/** Behind the check that it is an admin who asks. */
export function adminRoutes(means: Means) {
  return new Hono()
    .post('/invite', ({ req }) => invite(means, req.raw))
    .post('/admin/generate_link', ({ req }) => generateLink(means, req.raw))
    .get('/admin/audit', ({ req }) => listAudit(means, req.raw))
    .get('/admin/users', ({ req }) => listUsers(means, req.raw))
    .post('/admin/users', ({ req }) => createUser(means, req.raw))
    .get('/admin/users/:id', ({ req }) => getUser(means, req.param('id')))
    .put('/admin/users/:id', async ({ req }) =>
      updateUser(means, req.raw, await personOf(means, req.param('id'))),
    )
    .delete('/admin/users/:id', async ({ req }) =>
      deleteUser(means, req.raw, await personOf(means, req.param('id'))),
    )
}
