import { StorageFault } from './fault.ts'
import type { Api } from './parts.ts'

/** What hosted has and this stack has not: it is said as hosted says it to a project that did not take it. */
export function absent(api: Api) {
  for (const path of ['/vector/*', '/iceberg/*', '/vector', '/iceberg']) {
    api.all(path, () => {
      throw new StorageFault(403, 'FeatureNotEnabled', 'feature not enabled for this tenant', { status: 403 })
    })
  }
  // S3 speaks XML.
  api.all('/s3/*', (c) => {
    const said = '<Code>FeatureNotEnabled</Code><Message>feature not enabled for this tenant</Message>'
    return c.body(`<?xml version="1.0" encoding="UTF-8"?><Error>${said}</Error>`, 403, {
      'content-type': 'application/xml',
    })
  })
}
