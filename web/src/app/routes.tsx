import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { z } from 'zod'
import { categoriesQuery, topicQuery, topicsQuery } from '../features/forum/queries.ts'
import { meQuery } from '../features/identity/queries.ts'
import { LandingPage } from './landing-page.tsx'
import { NotFound } from './not-found.tsx'
import { Root } from './root.tsx'
import { MemberShell } from './shell/member-shell.tsx'
import { SettingsSection } from './shell/sections.tsx'
import { VisitorShell } from './shell/visitor-shell.tsx'
import { urls } from './urls.ts'

const identity = () => import('./screens/identity.tsx')
const forum = () => import('./screens/forum.tsx')

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
    if (await context.queryClient.ensureQueryData(meQuery)) throw redirect({ to: urls.forum, replace: true })
  },
})

/** Pages for somebody who is signed in; everybody else is sent to sign in, and comes back. */
const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  component: MemberShell,
  beforeLoad: async ({ context, location }) => {
    if (await context.queryClient.ensureQueryData(meQuery)) return
    throw redirect({ to: urls.signIn, search: { next: location.href }, replace: true })
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

const resetPassword = createRoute({
  getParentRoute: () => member,
  path: urls.resetPassword,
  component: lazyRouteComponent(identity, 'ResetPasswordScreen'),
})

const settings = createRoute({ getParentRoute: () => member, id: 'settings', component: SettingsSection })

const profile = createRoute({
  getParentRoute: () => settings,
  path: urls.profile,
  component: lazyRouteComponent(identity, 'ProfileScreen'),
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
  visitor.addChildren([stranger.addChildren([landing, signUp, signIn]), checkMail, forgotPassword, verify]),
  member.addChildren([
    resetPassword,
    settings.addChildren([profile]),
    forumHome,
    allTopics,
    category,
    newTopic,
    topic,
  ]),
])
