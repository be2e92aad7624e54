/** Every address of the app. `$name` is a parameter. */
export const urls = {
  landing: '/',
  signUp: '/sign-up',
  checkMail: '/check-mail',
  verify: '/verify',
  signIn: '/sign-in',
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  profile: '/settings/profile',
  security: '/settings/security',
  privacy: '/settings/privacy',
  people: '/people',
  person: '/people/$person',
  organizations: '/organizations',
  organization: '/organizations/$organization',
  company: '/company',
  members: '/company/members',
  invitations: '/company/invitations',
  companyProfile: '/company/profile',
  companyLog: '/company/log',
  invitation: '/invitation',
  joinCompany: '/join',
  legal: '/legal/$document',
  adminOrganizations: '/admin/organizations',
  adminPeople: '/admin/people',
  adminRoles: '/admin/roles',
  adminJobs: '/admin/jobs',
  adminLog: '/admin/log',
  forum: '/forum',
  topics: '/forum/topics',
  category: '/forum/categories/$category',
  newTopic: '/forum/new',
  topic: '/forum/topics/$topic',
} as const

/** Where to go after signing in: a path of ours, or the forum. Anything that could lead to another host is refused. */
export const safeNext = (next: string | undefined): string =>
  next && /^\/(?![/\\])[^\\\s]*$/.test(next) ? next : urls.forum
