import app from './app.json' with { type: 'json' }
import errors from './errors.json' with { type: 'json' }
import forum from './forum.json' with { type: 'json' }
import identity from './identity.json' with { type: 'json' }
import landing from './landing.json' with { type: 'json' }
import ui from './ui.json' with { type: 'json' }

export default { app, errors, forum, identity, landing, ui }
