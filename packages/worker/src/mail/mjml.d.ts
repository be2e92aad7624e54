// The part of MJML that compile.ts uses; the package comes without types.
declare module 'mjml' {
  type Result = { html: string; errors: { formattedMessage: string }[] }
  export default function mjml2html(source: string, options: { validationLevel: 'strict' }): Promise<Result>
}
