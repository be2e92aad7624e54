import styles from './logo.module.css'

/** Two links that meet: the mark and the name. */
export function Logo() {
  return (
    <span className={styles.logo} dir="ltr">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--accent)" />
        <g
          fill="none"
          stroke="var(--on-accent)"
          strokeWidth="2.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        >
          <path d="M13 22H9.5A2.5 2.5 0 0 1 7 19.5v-7A2.5 2.5 0 0 1 9.5 10H13" />
          <path d="M19 10h3.5A2.5 2.5 0 0 1 25 12.5v7A2.5 2.5 0 0 1 22.5 22H19" />
          <path d="M12 16h8" />
        </g>
      </svg>
      <span data-name>P2P Sandbox</span>
    </span>
  )
}
