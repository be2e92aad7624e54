import acts from './acts.json' with { type: 'json' }
import administration from './administration.json' with { type: 'json' }
import app from './app.json' with { type: 'json' }
import asking from './asking.json' with { type: 'json' }
import attachments from './attachments.json' with { type: 'json' }
import audit from './audit.json' with { type: 'json' }
import directory from './directory.json' with { type: 'json' }
import drafts from './drafts.json' with { type: 'json' }
import errors from './errors.json' with { type: 'json' }
import forum from './forum.json' with { type: 'json' }
import identity from './identity.json' with { type: 'json' }
import invitations from './invitations.json' with { type: 'json' }
import keeping from './keeping.json' with { type: 'json' }
import landing from './landing.json' with { type: 'json' }
import lists from './lists.json' with { type: 'json' }
import members from './members.json' with { type: 'json' }
import moderation from './moderation.json' with { type: 'json' }
import notifications from './notifications.json' with { type: 'json' }
import organizations from './organizations.json' with { type: 'json' }
import overview from './overview.json' with { type: 'json' }
import privacy from './privacy.json' with { type: 'json' }
import profiles from './profiles.json' with { type: 'json' }
import search from './search.json' with { type: 'json' }
import security from './security.json' with { type: 'json' }
import thread from './thread.json' with { type: 'json' }
import ui from './ui.json' with { type: 'json' }
import votes from './votes.json' with { type: 'json' }

export default {
  acts,
  keeping,
  organizations,
  directory,
  administration,
  app,
  asking,
  attachments,
  audit,
  drafts,
  errors,
  forum,
  identity,
  invitations,
  landing,
  lists,
  members,
  moderation,
  notifications,
  overview,
  search,
  security,
  privacy,
  profiles,
  thread,
  ui,
  votes,
}
