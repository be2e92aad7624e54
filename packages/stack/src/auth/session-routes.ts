import { Hono } from 'hono'
import { linkIdentity, unlinkIdentity } from './identities.ts'
import { openidConfiguration, publishedKeys } from './jwks.ts'
import { logout } from './logout.ts'
import type { Means } from './means.ts'
import * as admin from './mfa/admin.ts'
import { challenge } from './mfa/challenge.ts'
import { enroll } from './mfa/enroll.ts'
import { makeRecoveryCodes, noRecoveryCodes, verifyRecoveryCode } from './mfa/recovery-codes.ts'
import { unenroll } from './mfa/unenroll.ts'
import { verifyFactor } from './mfa/verify.ts'
import { reauthenticate } from './reauthenticate.ts'
import { token } from './sign-in.ts'
import { changeUser, getUser } from './user.ts'

/** Signing in, staying so, and what somebody who is signed in does with their own account. */
export function sessionRoutes(means: Means) {
  return new Hono()
    .get('/.well-known/jwks.json', () => publishedKeys(means))
    .get('/.well-known/openid-configuration', () => openidConfiguration(means))
    .post('/token', ({ req }) => token(means, req.raw))
    .post('/logout', ({ req }) => logout(means, req.raw))
    .get('/user', ({ req }) => getUser(means, req.raw))
    .put('/user', ({ req }) => changeUser(means, req.raw))
    .get('/reauthenticate', ({ req }) => reauthenticate(means, req.raw))
    .get('/user/identities/authorize', ({ req }) => linkIdentity(means, req.raw))
    .delete('/user/identities/:id', ({ req }) => unlinkIdentity(means, req.raw, req.param('id')))
    .get('/factors/recovery-codes', ({ req }) => noRecoveryCodes(means, req.raw))
    .delete('/factors/recovery-codes', ({ req }) => noRecoveryCodes(means, req.raw))
    .post('/factors/recovery-codes', ({ req }) => makeRecoveryCodes(means, req.raw))
    .post('/factors/recovery-codes/regenerate', ({ req }) => makeRecoveryCodes(means, req.raw))
    .post('/factors/recovery-codes/verify', ({ req }) => verifyRecoveryCode(means, req.raw))
    .post('/factors', ({ req }) => enroll(means, req.raw))
    .delete('/factors/:id', ({ req }) => unenroll(means, req.raw, req.param('id')))
    .post('/factors/:id/challenge', ({ req }) => challenge(means, req.raw, req.param('id')))
    .post('/factors/:id/verify', ({ req }) => verifyFactor(means, req.raw, req.param('id')))
}

/** Behind the check that it is an admin who asks. */
export function adminFactorRoutes(means: Means) {
  return new Hono()
    .get('/admin/users/:user/factors', ({ req }) => admin.listFactors(means, req.param('user')))
    .delete('/admin/users/:user/factors/:id', ({ req }) =>
      admin.deleteFactor(means, req.param('user'), req.param('id')),
    )
    .put('/admin/users/:user/factors/:id', ({ req }) =>
      admin.changeFactor(means, req.raw, req.param('user'), req.param('id')),
    )
}
