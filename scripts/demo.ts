/** Who may be signed in as in the demo world of supabase/seed.sql. */
export const demo = {
  people: [
    'noura@najd-castings.example (Arabic)',
    'omar@jubail-polymers.example (English)',
    'admin@p2p-sandbox.example (looks after the place, once a second factor is set up)',
  ],
  password: 'sandbox-demo-2026',
}
