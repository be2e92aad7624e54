import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  privateTable('search_entries', 'written_at = written_at'),
  privateTable('known_words', 'uses = uses'),
  privateTable('word_learning', 'learned_to = learned_to'),
]

export const functionRules: FunctionRule[] = [
  { name: 'search_forum', call: `search_forum('pump')`, can: people({}) },
]
