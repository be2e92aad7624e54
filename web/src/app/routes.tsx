import { invitationStates, LegalKind, organizationStatuses, personStatuses } from '@p2p/contracts'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { z } from 'zod'
import { LogSearch } from '../features/audit/filters.ts'
import {
  organizationQuery,
  organizationsQuery,
  peopleQuery,
  personQuery,
} from '../features/directory/queries.ts'
import { readOrganizationsSearch, readPeopleSearch } from '../features/directory/search.ts'
import { categoriesQuery, topicQuery, topicsQuery } from '../features/forum/queries.ts'
import { meQuery } from '../features/identity/queries.ts'
import { membersQuery } from '../features/organizations/members/queries.ts'
import { readFilter } from '../features/organizations/members/read-filter.ts'
import { statisticsQuery } from '../features/organizations/statistics-query.ts'
import { legalQuery, privacyQuery } from '../features/privacy/queries.ts'
import { currentLocale } from '../lib/i18n.ts'
import { LandingPage } from './landing-page.tsx'
import { NotFound } from './not-found.tsx'
import { Root } from './root.tsx'
import { MemberShell } from './shell/member-shell.tsx'
import { AdminSection, CompanySection, SettingsSection } from './shell/sections.tsx'
import { VisitorShell } from './shell/visitor-shell.tsx'
import { safeNext, urls } from './urls.ts'

const identity = () => import('./screens/identity.tsx')
const forum = () => import('./screens/forum.tsx')
const directory = () => import('./screens/directory.tsx')
const organizations = () => import('./screens/organizations.tsx')
const privacyPages = () => import('./screens/privacy.tsx')
const profiles = () => import('./screens/profiles.tsx')
const companyScreens = () => import('./screens/company.tsx')
const administration = () => import('./screens/administration.tsx')
const audit = () => import('./screens/audit.tsx')
const invitationScreens = () => import('./screens/invitations.tsx')

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFound,
})

/** For anybody. */
const visitor = createRoute({ getParentRoute: () => root, id: 'visitor', component: VisitorShell })

/** Pages that make no sense to somebody who is in already. */
const stranger = createRoute({
  getParentRoute: () => visitor,
  id: 'stranger',
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (me)
      throw redirect({ to: me.second_factor === 'required' ? urls.secondFactor : urls.forum, replace: true })
  },
})

/** Pages for somebody who is signed in; everybody else is sent to sign in, and comes back. */
const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  component: MemberShell,
  beforeLoad: async ({ context, location }) => {
    // At the same time: whether something waits for an answer is known before a page is shown.
    const [me] = await Promise.all([
      context.queryClient.ensureQueryData(meQuery),
      context.queryClient.prefetchQuery(privacyQuery),
    ])
    if (me && me.second_factor !== 'required') return
    const to = me ? urls.secondFactor : urls.signIn
    throw redirect({ to, search: { next: location.href }, replace: true })
  },
})

const landing = createRoute({ getParentRoute: () => stranger, path: urls.landing, component: LandingPage })

const signUp = createRoute({
  getParentRoute: () => stranger,
  path: urls.signUp,
  component: lazyRouteComponent(identity, 'SignUpScreen'),
})

const signIn = createRoute({
  getParentRoute: () => stranger,
  path: urls.signIn,
  validateSearch: z.object({ next: z.string().optional() }),
  component: lazyRouteComponent(identity, 'SignInScreen'),
})

/** Between the password and the rest, for who has a second factor. */
const secondFactor = createRoute({
  getParentRoute: () => visitor,
  path: urls.secondFactor,
  validateSearch: z.object({ next: z.string().optional() }),
  beforeLoad: async ({ context, search }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: urls.signIn, search, replace: true })
    if (me.second_factor !== 'required') throw redirect({ to: safeNext(search.next), replace: true })
  },
  component: lazyRouteComponent(identity, 'SecondFactorScreen'),
})

const checkMail = createRoute({
  getParentRoute: () => visitor,
  path: urls.checkMail,
  component: lazyRouteComponent(identity, 'CheckMailScreen'),
})

const forgotPassword = createRoute({
  getParentRoute: () => visitor,
  path: urls.forgotPassword,
  component: lazyRouteComponent(identity, 'ForgotPasswordScreen'),
})

const verify = createRoute({
  getParentRoute: () => visitor,
  path: urls.verify,
  validateSearch: z.object({
    token_hash: z.string().optional(),
    type: z.enum(['signup', 'recovery', 'email_change', 'magiclink', 'invite']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(identity, 'VerifyScreen'),
})

const settings = createRoute({ getParentRoute: () => member, id: 'settings', component: SettingsSection })

const profile = createRoute({
  getParentRoute: () => settings,
  path: urls.profile,
  component: lazyRouteComponent(profiles, 'ProfileScreen'),
})

const security = createRoute({
  getParentRoute: () => settings,
  path: urls.security,
  component: lazyRouteComponent(identity, 'SecurityScreen'),
})

const company = createRoute({ getParentRoute: () => member, id: 'company', component: CompanySection })

const overview = createRoute({
  getParentRoute: () => company,
  path: urls.company,
  loader: ({ context }) => void context.queryClient.prefetchQuery(statisticsQuery),
  component: lazyRouteComponent(companyScreens, 'OverviewScreen'),
})

const members = createRoute({
  getParentRoute: () => company,
  path: urls.members,
  // What somebody wrote into the address by hand is left out where it means nothing.
  validateSearch: readFilter,
  loaderDeps: ({ search }) => readFilter(search),
  loader: ({ context, deps }) =>
    void context.queryClient.prefetchInfiniteQuery(membersQuery(deps, currentLocale())),
  component: lazyRouteComponent(companyScreens, 'MembersScreen'),
})

const companyLog = createRoute({
  getParentRoute: () => company,
  path: urls.companyLog,
  validateSearch: LogSearch,
  component: lazyRouteComponent(audit, 'CompanyLogScreen'),
})

/** For platform admins; the section itself says no to everybody else. */
const admin = createRoute({ getParentRoute: () => member, id: 'admin', component: AdminSection })

const words = z.coerce.string().max(200).optional().catch(undefined)

const adminOrganizations = createRoute({
  getParentRoute: () => admin,
  path: urls.adminOrganizations,
  validateSearch: z.object({
    q: words,
    status: z.enum(organizationStatuses).optional().catch(undefined),
    sort: z.enum(['newest', 'name']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(administration, 'OrganizationsScreen'),
})

const adminOrganization = createRoute({
  getParentRoute: () => admin,
  path: urls.adminOrganization,
  component: lazyRouteComponent(administration, 'OrganizationScreen'),
})

const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: urls.adminPeople,
  validateSearch: z.object({
    q: words,
    status: z.enum(personStatuses).optional().catch(undefined),
    organization: z.uuid().optional().catch(undefined),
  }),
  component: lazyRouteComponent(administration, 'PeopleScreen'),
})

const adminPerson = createRoute({
  getParentRoute: () => admin,
  path: urls.adminPerson,
  component: lazyRouteComponent(administration, 'PersonScreen'),
})

const adminRoles = createRoute({
  getParentRoute: () => admin,
  path: urls.adminRoles,
  component: lazyRouteComponent(administration, 'RolesScreen'),
})

const adminJobs = createRoute({
  getParentRoute: () => admin,
  path: urls.adminJobs,
  component: lazyRouteComponent(administration, 'JobsScreen'),
})

const adminLog = createRoute({
  getParentRoute: () => admin,
  path: urls.adminLog,
  validateSearch: LogSearch,
  component: lazyRouteComponent(administration, 'PlatformLogScreen'),
})

const privacy = createRoute({
  getParentRoute: () => settings,
  path: urls.privacy,
  component: lazyRouteComponent(privacyPages, 'PrivacyScreen'),
})

const legal = createRoute({
  getParentRoute: () => visitor,
  path: urls.legal,
  validateSearch: z.object({ version: z.coerce.number().int().optional().catch(undefined) }),
  loader: ({ context, params }) => {
    const kind = LegalKind.safeParse(params.document)
    if (kind.success) void context.queryClient.prefetchQuery(legalQuery(kind.data))
  },
  component: lazyRouteComponent(privacyPages, 'LegalScreen'),
})

const companyProfile = createRoute({
  getParentRoute: () => company,
  path: urls.companyProfile,
  component: lazyRouteComponent(organizations, 'CompanyProfileScreen'),
})

const invitations = createRoute({
  getParentRoute: () => company,
  path: urls.invitations,
  validateSearch: z.object({
    state: z.enum(invitationStates).optional().catch(undefined),
    q: words,
  }),
  component: lazyRouteComponent(invitationScreens, 'InvitationsScreen'),
})

/** For anybody: the token says who is meant, and who is signed in already is told what that means. */
const invitation = createRoute({
  getParentRoute: () => visitor,
  path: urls.invitation,
  validateSearch: z.object({ token: z.string().optional().catch(undefined) }),
  beforeLoad: ({ context }) => context.queryClient.ensureQueryData(meQuery).then(() => undefined),
  component: lazyRouteComponent(invitationScreens, 'InvitationScreen'),
})

const joinCompany = createRoute({
  getParentRoute: () => stranger,
  path: urls.joinCompany,
  component: lazyRouteComponent(invitationScreens, 'JoinScreen'),
})

const people = createRoute({
  getParentRoute: () => member,
  path: urls.people,
  validateSearch: readPeopleSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.queryClient.prefetchInfiniteQuery(peopleQuery(deps)),
  component: lazyRouteComponent(directory, 'PeopleScreen'),
})

const person = createRoute({
  getParentRoute: () => member,
  path: urls.person,
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(personQuery(params.person)),
  component: lazyRouteComponent(directory, 'PersonScreen'),
})

const organizationList = createRoute({
  getParentRoute: () => member,
  path: urls.organizations,
  validateSearch: readOrganizationsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.queryClient.prefetchInfiniteQuery(organizationsQuery(deps)),
  component: lazyRouteComponent(directory, 'OrganizationsScreen'),
})

const organization = createRoute({
  getParentRoute: () => member,
  path: urls.organization,
  loader: ({ context, params }) =>
    void context.queryClient.prefetchQuery(organizationQuery(params.organization)),
  component: lazyRouteComponent(directory, 'OrganizationScreen'),
})

// A loader starts the request and does not wait: the page shows its shape at once, and a pointer that comes near
// a link has the page fetched before it is pressed.
const forumHome = createRoute({
  getParentRoute: () => member,
  path: urls.forum,
  loader: ({ context }) => {
    void context.queryClient.prefetchQuery(categoriesQuery)
    void context.queryClient.prefetchInfiniteQuery(topicsQuery(null))
  },
  component: lazyRouteComponent(forum, 'ForumScreen'),
})

const allTopics = createRoute({
  getParentRoute: () => member,
  path: urls.topics,
  loader: ({ context }) => void context.queryClient.prefetchInfiniteQuery(topicsQuery(null)),
  component: lazyRouteComponent(forum, 'TopicsScreen'),
})

const category = createRoute({
  getParentRoute: () => member,
  path: urls.category,
  loader: ({ context, params }) =>
    void context.queryClient.prefetchInfiniteQuery(topicsQuery(params.category)),
  component: lazyRouteComponent(forum, 'CategoryScreen'),
})

const newTopic = createRoute({
  getParentRoute: () => member,
  path: urls.newTopic,
  validateSearch: z.object({ category: z.string().optional() }),
  component: lazyRouteComponent(forum, 'NewTopicScreen'),
})

const topic = createRoute({
  getParentRoute: () => member,
  path: urls.topic,
  loader: ({ context, params }) => void context.queryClient.prefetchInfiniteQuery(topicQuery(params.topic)),
  component: lazyRouteComponent(forum, 'TopicScreen'),
})

export const routeTree = root.addChildren([
  visitor.addChildren([
    stranger.addChildren([landing, signUp, signIn, joinCompany]),
    invitation,
    secondFactor,
    checkMail,
    forgotPassword,
    verify,
    legal,
  ]),
  member.addChildren([
    settings.addChildren([profile, security, privacy]),
    company.addChildren([overview, companyLog, members, invitations, companyProfile]),
    admin.addChildren([
      adminOrganizations,
      adminOrganization,
      adminPeople,
      adminPerson,
      adminRoles,
      adminJobs,
      adminLog,
    ]),
    people,
    person,
    organizationList,
    organization,
    forumHome,
    allTopics,
    category,
    newTopic,
    topic,
  ]),
])
