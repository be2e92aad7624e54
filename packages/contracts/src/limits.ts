const minute = 60
const hour = 60 * minute
const day = 24 * hour

/**
 * How often what may be done, all of it. The counts are kept in Postgres (sql/02_platform.sql), in fixed windows that
 * begin at whole multiples of `seconds`; whoever comes once too often is answered 429 with `Retry-After`.
 *
 * `per` is what is counted: a person who is signed in, an organization, a mail address whether known or not, or a
 * network (an IPv4 address, or the /64 of one IPv6 customer). Functions take their numbers from here; the database has
 * its own, and a test holds both alike.
 */
export const limits = {
  // An office has one address for all its people (SIGNUP_MAX_PER_NETWORK says otherwise).
  'signup.network': { max: 30, seconds: hour, per: 'network' },
  // Enough to mistype and to lose a mail; too little to fill a stranger's mailbox.
  'signup.address': { max: 5, seconds: hour, per: 'address' },

  // Guessing a password takes many tries, a forgotten one few. A whole office may come in at eight.
  'sign_in.address': { max: 10, seconds: 15 * minute, per: 'address' },
  'sign_in.network': { max: 100, seconds: 15 * minute, per: 'network' },
  // Wrong passwords that reach Auth past functions/sign-in.
  'sign_in.person': { max: 30, seconds: 15 * minute, per: 'person' },
  // Wrong codes of an app: three of a million are right at any moment.
  'second_factor.person': { max: 10, seconds: 15 * minute, per: 'person' },

  // Links to verify an address or to choose a new password.
  'mails.address': { max: 5, seconds: hour, per: 'address' },
  'mails.network': { max: 30, seconds: hour, per: 'network' },

  // Pictures: enough to choose again and again.
  'uploads.person': { max: 60, seconds: hour, per: 'person' },

  // What is being written is kept every few seconds while somebody types.
  'drafts.person': { max: 240, seconds: 10 * minute, per: 'person' },

  // Refusals that the audit log remembers; the others are refused all the same.
  'audit.refused': { max: 60, seconds: hour, per: 'person' },

  // Mails of invitations, by line: a list of hundreds is one act, a list of thousands is not.
  'invitations.person': { max: 1_000, seconds: day, per: 'person' },
  'invitations.organization': { max: 2_000, seconds: day, per: 'organization' },
  // From whichever companies: nobody's mailbox is filled by them.
  'invitations.address': { max: 10, seconds: day, per: 'address' },
  'invitations.resend': { max: 5, seconds: day, per: 'invitation' },
  // Wrong tokens alone: an office may accept together.
  'invitations.guess': { max: 20, seconds: hour, per: 'network' },
  'invitations.accept': { max: 20, seconds: hour, per: 'person' },
  // Asking a company to be invited, and what reaches one company of it.
  'join.address': { max: 3, seconds: day, per: 'address' },
  'join.network': { max: 20, seconds: hour, per: 'network' },
  'invitations.requests': { max: 50, seconds: day, per: 'organization' },

  // Wrong tokens of links that end mails.
  'unsubscribe.guess': { max: 20, seconds: hour, per: 'network' },

  // Copies of everything held about oneself.
  'exports.person': { max: 2, seconds: day, per: 'person' },

  // Each time a registration number is set, or the company renamed, the registry is asked, which costs.
  'registrations.check': { max: 10, seconds: day, per: 'organization' },

  // A long thread read to its end is some dozens of votes; more than that is a machine.
  'votes.minute': { max: 30, seconds: minute, per: 'person' },
  'votes.day': { max: 300, seconds: day, per: 'person' },

  // A post every five seconds for a minute is more than anybody writes.
  'posts.minute': { max: 12, seconds: minute, per: 'person' },
  'edits.minute': { max: 12, seconds: minute, per: 'person' },
  // What a post said before is kept.
  'edits.day': { max: 300, seconds: day, per: 'person' },
  // Each person mentioned in a post is told of it, and mailed.
  'mentions.day': { max: 100, seconds: day, per: 'person' },
  // Whoever finds more on one day writes to the moderators.
  'reports.day': { max: 20, seconds: day, per: 'person' },
} as const satisfies Record<string, { max: number; seconds: number; per: Counted }>

export type Counted = 'person' | 'organization' | 'address' | 'network' | 'invitation'
export type LimitName = keyof typeof limits

export type Limit = { bucket: LimitName; max: number; seconds: number }

export const limitOf = (bucket: LimitName): Limit => ({
  bucket,
  max: limits[bucket].max,
  seconds: limits[bucket].seconds,
})
