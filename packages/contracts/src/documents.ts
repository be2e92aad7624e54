/** What a document may hold at most; the database says the same (sql/30_forum/01_documents.sql), and a test compares. */
export const documentLimits = {
  /** As JSON text, encoded as Postgres prints it. */
  bytes: 100_000,
  /** Levels of nodes below the document itself. */
  depth: 24,
  mentions: 20,
  images: 20,
  attachments: 20,
  tableRows: 50,
  tableColumns: 20,
} as const
