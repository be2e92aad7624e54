/**
 * Any page may call: no cookie is read here, so another site gains nothing by a visitor's browser. The headers are the
 * ones supabase-js sends, and the id of the request.
 */
export const corsHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers':
    'authorization, apikey, content-type, x-client-info, x-request-id, x-region',
  'Access-Control-Expose-Headers': 'x-request-id, retry-after',
  'Access-Control-Max-Age': '86400',
} as const
