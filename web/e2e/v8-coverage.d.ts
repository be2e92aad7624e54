// The part of it that coverage.ts uses; the package comes without types.
declare module '@bcoe/v8-coverage' {
  export type ScriptCov = {
    scriptId: string
    url: string
    functions: {
      functionName: string
      isBlockCoverage: boolean
      ranges: { startOffset: number; endOffset: number; count: number }[]
    }[]
  }
  /** What several runs of one script have run together. */
  export function mergeScriptCovs(runs: readonly ScriptCov[]): ScriptCov | undefined
}
