import { caseStates, invitationStates, LegalKind, organizationStatuses, personStatuses } from '@p2p/contracts'
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
import { draftsQuery } from '../features/forum/drafts/queries.ts'
import { topicsQuery } from '../features/forum/lists/queries.ts'
import { askedOf, readTopicsSearch, type TopicsSearch } from '../features/forum/lists/search.ts'
import { postInAddress } from '../features/forum/post-place.ts'
import { categoriesQuery, topicQuery } from '../features/forum/queries.ts'
import { meQuery } from '../features/identity/queries.ts'
import {
  settingsQuery as notificationSettingsQuery,
  notificationsQuery,
} from '../features/notifications/queries.ts'
import { membersQuery } from '../features/organizations/members/queries.ts'
import { readFilter } from '../features/organizations/members/read-filter.ts'
import { statisticsQuery } from '../features/organizations/statistics-query.ts'
import { legalQuery, privacyQuery } from '../features/privacy/queries.ts'
import { forumSearchQuery } from '../features/search/queries.ts'
import { readSearch } from '../features/search/search.ts'
import { currentLocale } from '../lib/i18n.ts'
import { LandingPage } from './landing-page.tsx'
import { NotFound } from './not-found.tsx'
import { Root } from './root.tsx'
import { MemberShell } from './shell/member-shell.tsx'
import { AdminSection, CompanySection, ModerationSection, SettingsSection } from './shell/sections.tsx'
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
const keeping = () => import('./screens/keeping.tsx')
const audit = () => import('./screens/audit.tsx')
const searchScreens = () => import('./screens/search.tsx')
const moderationScreens = () => import('./screens/moderation.tsx')
const notificationScreens = () => import('./screens/notifications.tsx')
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
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me || me.second_factor === 'required') {
      const to = me ? urls.secondFactor : urls.signIn
      throw redirect({ to, search: { next: location.href }, replace: true })
    }
    // Whether something waits for an answer is known before a page is shown, and asked again while one looks around.
    await context.queryClient.ensureQueryData({ ...privacyQuery, revalidateIfStale: true }).catch(() => {})
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

const adminCategories = createRoute({
  getParentRoute: () => admin,
  path: urls.adminCategories,
  component: lazyRouteComponent(keeping, 'CategoriesScreen'),
})

const adminTags = createRoute({
  getParentRoute: () => admin,
  path: urls.adminTags,
  component: lazyRouteComponent(keeping, 'TagsScreen'),
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

const notificationSettings = createRoute({
  getParentRoute: () => settings,
  path: urls.notificationSettings,
  loader: ({ context }) => void context.queryClient.prefetchQuery(notificationSettingsQuery),
  component: lazyRouteComponent(notificationScreens, 'NotificationSettingsScreen'),
})

const notifications = createRoute({
  getParentRoute: () => member,
  path: urls.notifications,
  loader: ({ context }) => void context.queryClient.prefetchInfiniteQuery(notificationsQuery(false)),
  component: lazyRouteComponent(notificationScreens, 'NotificationsScreen'),
})

/** For anybody who holds a mail of ours. */
const unsubscribe = createRoute({
  getParentRoute: () => visitor,
  path: urls.unsubscribe,
  validateSearch: z.object({ token: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(notificationScreens, 'UnsubscribeScreen'),
})

const standing = createRoute({
  getParentRoute: () => settings,
  path: urls.standing,
  component: lazyRouteComponent(moderationScreens, 'StandingScreen'),
})

/** For moderators; the section itself says no to everybody else. */
const moderation = createRoute({
  getParentRoute: () => member,
  id: 'moderation',
  component: ModerationSection,
})

const cases = createRoute({
  getParentRoute: () => moderation,
  path: urls.moderation,
  validateSearch: z.object({
    state: z.enum(caseStates).exclude(['closed']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(moderationScreens, 'CasesScreen'),
})

const moderationCase = createRoute({
  getParentRoute: () => moderation,
  path: urls.moderationCase,
  component: lazyRouteComponent(moderationScreens, 'CaseScreen'),
})

const moderationHeld = createRoute({
  getParentRoute: () => moderation,
  path: urls.moderationHeld,
  component: lazyRouteComponent(moderationScreens, 'HeldScreen'),
})

const watchedWords = createRoute({
  getParentRoute: () => moderation,
  path: urls.watchedWords,
  component: lazyRouteComponent(moderationScreens, 'WordsScreen'),
})

const postingRules = createRoute({
  getParentRoute: () => moderation,
  path: urls.postingRules,
  component: lazyRouteComponent(moderationScreens, 'RulesScreen'),
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

const search = createRoute({
  getParentRoute: () => member,
  path: urls.search,
  validateSearch: readSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    if (deps.q) void context.queryClient.prefetchInfiniteQuery(forumSearchQuery(deps))
  },
  component: lazyRouteComponent(searchScreens, 'SearchScreen'),
})

function prefetchTopics(queryClient: QueryClient, search: TopicsSearch, category?: string) {
  const me = queryClient.getQueryData(meQuery.queryKey)
  if (me) void queryClient.prefetchInfiniteQuery(topicsQuery(askedOf(search, me.id, category)))
}

// A loader starts the request and does not wait: the page shows its shape at once, and a pointer that comes near
// a link has the page fetched before it is pressed.
const forumHome = createRoute({
  getParentRoute: () => member,
  path: urls.forum,
  loader: ({ context }) => {
    void context.queryClient.prefetchQuery(categoriesQuery)
    void context.queryClient.prefetchInfiniteQuery(topicsQuery())
  },
  component: lazyRouteComponent(forum, 'ForumScreen'),
})

const allTopics = createRoute({
  getParentRoute: () => member,
  path: urls.topics,
  validateSearch: readTopicsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => prefetchTopics(context.queryClient, deps),
  component: lazyRouteComponent(forum, 'TopicsScreen'),
})

const category = createRoute({
  getParentRoute: () => member,
  path: urls.category,
  validateSearch: readTopicsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params, deps }) => prefetchTopics(context.queryClient, deps, params.category),
  component: lazyRouteComponent(forum, 'CategoryScreen'),
})

const unreadTopics = createRoute({
  getParentRoute: () => member,
  path: urls.unread,
  loader: ({ context }) => void context.queryClient.prefetchInfiniteQuery(topicsQuery({ unread: true })),
  component: lazyRouteComponent(forum, 'UnreadScreen'),
})

const newTopic = createRoute({
  getParentRoute: () => member,
  path: urls.newTopic,
  validateSearch: z.object({ category: z.string().optional() }),
  component: lazyRouteComponent(forum, 'NewTopicScreen'),
})

const drafts = createRoute({
  getParentRoute: () => member,
  path: urls.drafts,
  loader: ({ context }) => void context.queryClient.prefetchQuery(draftsQuery),
  component: lazyRouteComponent(forum, 'DraftsScreen'),
})

const deletedTopics = createRoute({
  getParentRoute: () => member,
  path: urls.deletedTopics,
  component: lazyRouteComponent(keeping, 'DeletedTopicsScreen'),
})

const topic = createRoute({
  getParentRoute: () => member,
  path: urls.topic,
  // Where a draft goes on: `edit` the post in the address, or `reply` to it, or to the topic where there is none.
  validateSearch: z.object({ write: z.enum(['reply', 'edit']).optional().catch(undefined) }),
  loader: ({ context, params, location }) =>
    void context.queryClient.prefetchInfiniteQuery(
      topicQuery(params.topic, 'oldest', postInAddress(location.hash)),
    ),
  component: lazyRouteComponent(forum, 'TopicScreen'),
})

export const routeTree = root.addChildren([
  visitor.addChildren([
    stranger.addChildren([landing, signUp, signIn, joinCompany]),
    invitation,
    unsubscribe,
    secondFactor,
    checkMail,
    forgotPassword,
    verify,
    legal,
  ]),
  member.addChildren([
    settings.addChildren([profile, security, notificationSettings, standing, privacy]),
    moderation.addChildren([cases, moderationCase, moderationHeld, watchedWords, postingRules]),
    company.addChildren([overview, companyLog, members, invitations, companyProfile]),
    admin.addChildren([
      adminOrganizations,
      adminOrganization,
      adminPeople,
      adminPerson,
      adminRoles,
      adminCategories,
      adminTags,
      adminJobs,
      adminLog,
    ]),
    search,
    notifications,
    people,
    person,
    organizationList,
    organization,
    forumHome,
    allTopics,
    unreadTopics,
    category,
    newTopic,
    drafts,
    deletedTopics,
    topic,
  ]),
])
