import administration from './administration.json' with { type: 'json' }
import app from './app.json' with { type: 'json' }
import audit from './audit.json' with { type: 'json' }
import directory from './directory.json' with { type: 'json' }
import errors from './errors.json' with { type: 'json' }
import forum from './forum.json' with { type: 'json' }
import identity from './identity.json' with { type: 'json' }
import invitations from './invitations.json' with { type: 'json' }
import landing from './landing.json' with { type: 'json' }
import members from './members.json' with { type: 'json' }
import organizations from './organizations.json' with { type: 'json' }
import overview from './overview.json' with { type: 'json' }
import privacy from './privacy.json' with { type: 'json' }
import profiles from './profiles.json' with { type: 'json' }
import security from './security.json' with { type: 'json' }
import ui from './ui.json' with { type: 'json' }

export default {
  organizations,
  directory,
  administration,
  app,
  audit,
  errors,
  forum,
  identity,
  invitations,
  landing,
  members,
  overview,
  security,
  privacy,
  profiles,
  ui,
}
