/**
 * Part of a route's schema: the route is the operator's. Where an admin key is configured, the admin-key plugin asks for it, and the
 * OpenAPI document says so (the empty choice: a server without an admin key asks nothing).
 */
export const OPERATOR_ONLY = { security: [{}, { adminKey: [] }] };
